// Consoles that people can sign in to by Google, GitHub and SAML. The providers stand at 127.0.0.1 and the console at
// `localhost`, so that they are other sites to a browser, as real ones are.

import type { Page, WorkerFixture } from '@playwright/test';
import { startConsole, type Console } from './console.ts';
import { chooseAtGoogle, Google } from './google.ts';
import { authorizeAtGitHub, GitHub } from './github.ts';
import { People, type Person } from './people.ts';
import { Pysaml2 } from './pysaml2.ts';
import { SamlIdp } from './saml_idp.ts';
import type { SamlProvider } from './saml.ts';
import { test as shared, testOfNewConsole as ofNewConsole } from './test.ts';

export { expect } from './test.ts';

interface Providers {
    google: Google;
    github: GitHub;
    samlify: SamlProvider;
    pysaml2: SamlProvider;
}

/** Of the two kinds of provider, those of the operator: what they are called, and how people sign in there. */
export interface Social {
    name: 'Google' | 'GitHub';
    know(who: Pick<Person, 'firstName' | 'lastName' | 'email'>, verified?: boolean): void;
    signIn(page: Page, address: string): Promise<void>;
    /** The query with which the last browser was sent there. */
    lastAsked(): URLSearchParams;
}

export const SOCIAL = ['Google', 'GitHub'] as const;

export function socialOf(name: Social['name'], { google, github }: Pick<Providers, 'google' | 'github'>): Social {
    const last = (asked: URLSearchParams[]) => () => asked.at(-1) ?? new URLSearchParams();
    if (name === 'GitHub') {
        return {
            name,
            know: ({ firstName, lastName, email }, verified = true) => {
                github.know(email, { verified, name: `${firstName} ${lastName}` });
            },
            signIn: authorizeAtGitHub,
            lastAsked: last(github.asked),
        };
    }
    return {
        name,
        know: ({ firstName, lastName, email }, emailVerified = true) => {
            google.know({ firstName, lastName, email, emailVerified });
        },
        signIn: chooseAtGoogle,
        lastAsked: last(google.asked),
    };
}

/** Started when a test of the worker asks for it. */
function opened<T extends { close(): Promise<void> }>(open: () => Promise<T>): [WorkerFixture<T, {}>, { scope: 'worker'; timeout: number }] {
    const fixture: WorkerFixture<T, {}> = async ({}, use) => {
        const provider = await open();
        await use(provider);
        await provider.close();
    };
    return [fixture, { scope: 'worker', timeout: 60_000 }];
}

const PROVIDERS = {
    google: opened(() => Google.open()),
    github: opened(() => GitHub.open()),
    samlify: opened<SamlProvider>(() => SamlIdp.open()),
    pysaml2: opened<SamlProvider>(() => Pysaml2.open()),
};

async function startBeside({ google, github }: Pick<Providers, 'google' | 'github'>, settings: Record<string, string>): Promise<Console> {
    const all = { ...google.settings, ...github.settings, USHER_METADATA_NETWORKS: '127.0.0.0/8', ...settings };
    const usher = await startConsole(all, 'localhost');
    google.register(usher.url);
    github.register(usher.url);
    return usher;
}

/** One console for the tests of a worker. */
export const test = shared
    .extend<{}, Providers>(PROVIDERS)
    .extend<{}, { usher: Console }>({
        usher: [
            async ({ crowd: _, google, github }, use) => {
                // Whoever the tests share signed in when the first of them began.
                const usher = await startBeside({ google, github }, { USHER_PROOF_LIFETIME: '12h' });
                await use(usher);
                await usher.stop();
            },
            { scope: 'worker', timeout: 120_000 },
        ],
    });

/** A console for each test, which has its organization and first administrator. */
export const testOfNewConsole = ofNewConsole
    .extend<{}, Providers>(PROVIDERS)
    .extend<{ usher: Console; people: People }>({
        usher: [
            async ({ settings, google, github }, use, info) => {
                const usher = await startBeside({ google, github }, settings);
                await use(usher);
                await usher.stop();
                if (info.status !== info.expectedStatus) {
                    await info.attach('server', { body: usher.log(), contentType: 'text/plain' });
                }
            },
            { scope: 'test', timeout: 120_000 },
        ],
        people: async ({ usher }, use) => {
            const people = new People(usher);
            await people.setUp();
            await use(people);
        },
    });
