// `test` shares one console with an organization among the tests of a worker; `testOfNewConsole` starts an empty one
// for each test.

import { test as playwright, type BrowserContext, type Page, type Response } from '@playwright/test';
import { startConsole, type Console } from './console.ts';
import { hydrated } from './page.ts';
import { People, type Member } from './people.ts';
import { buildTown, type Town } from './places.ts';

export { expect } from '@playwright/test';

interface Fixtures {
    /** Opens an address, and waits until scripts have taken it over where they run. */
    visit: (page: Page, address: string) => Promise<Response | null>;
    /** Waits for the same on a page that something else led to. */
    again: (page: Page) => Promise<void>;
    /** A page in another browser, of somebody who is signed in or of a stranger. */
    browserOf: (member?: Member) => Promise<Page>;
}

const base = playwright.extend<Fixtures>({
    visit: async ({ javaScriptEnabled }, use) => {
        await use(async (page, address) => {
            const response = await page.goto(address);
            if (javaScriptEnabled !== false) await hydrated(page);
            return response;
        });
    },
    again: async ({ javaScriptEnabled }, use) => {
        await use(async (page) => {
            if (javaScriptEnabled !== false) await hydrated(page);
        });
    },
    browserOf: async ({ browser, baseURL }, use) => {
        const contexts: BrowserContext[] = [];
        await use(async (member) => {
            const context = await browser.newContext({
                ...(baseURL ? { baseURL } : {}),
                ...(member ? { storageState: member.session } : {}),
            });
            contexts.push(context);
            return context.newPage();
        });
        for (const context of contexts) await context.close();
    },
});

export const test = base.extend<{ serverLog: void }, { crowd: string; usher: Console; people: People; town: Town }>({
    // Files with another crowd have another console: the list of people has one page for most of them.
    crowd: ['everybody', { scope: 'worker', option: true }],
    usher: [
        async ({ crowd: _ }, use) => {
            // Whoever the tests share signed in when the first of them began.
            const usher = await startConsole({ USHER_PROOF_LIFETIME: '12h' });
            await use(usher);
            await usher.stop();
        },
        { scope: 'worker', timeout: 120_000 },
    ],
    people: [
        async ({ usher }, use) => {
            const people = new People(usher);
            await people.setUp();
            await use(people);
        },
        { scope: 'worker', timeout: 120_000 },
    ],
    // People in every state, for the pages that show them.
    town: [
        async ({ people, usher }, use) => {
            await use(await buildTown(people, usher));
        },
        { scope: 'worker', timeout: 120_000 },
    ],
    baseURL: async ({ usher }, use) => {
        await use(usher.url);
    },
    serverLog: [
        async ({ usher }, use, info) => {
            const before = usher.log().length;
            await use();
            if (info.status !== info.expectedStatus) {
                await info.attach('server', { body: usher.log().slice(before), contentType: 'text/plain' });
            }
        },
        { auto: true },
    ],
});

export const testOfNewConsole = base.extend<{ settings: Record<string, string>; usher: Console }>({
    settings: [{}, { option: true }],
    usher: [
        async ({ settings }, use, info) => {
            const usher = await startConsole(settings);
            await use(usher);
            await usher.stop();
            if (info.status !== info.expectedStatus) {
                await info.attach('server', { body: usher.log(), contentType: 'text/plain' });
            }
        },
        { timeout: 120_000 },
    ],
    baseURL: async ({ usher }, use) => {
        await use(usher.url);
    },
});
