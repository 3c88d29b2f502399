// Google as the console sees it: a real OpenID provider (the package `oidc-provider`) with one client, which must use PKCE, and
// ID tokens that say the address. Its page asks for the address of one of the accounts that tests have made.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import type { Configuration, Provider } from 'oidc-provider';
import { addressForm, addressOf, listen, readForm, sendPage, withoutWarnings, type Handler, type Listening } from './outside.ts';
import { leaves } from './page.ts';

export interface GoogleAccount {
    sub: string;
    email: string;
    emailVerified: boolean;
    firstName: string;
    lastName: string;
}

const CLIENT = `usher-${randomBytes(4).toString('hex')}.apps.example.test`;
const SECRET = randomBytes(24).toString('base64url');

export class Google {
    /** The queries with which browsers were sent here. */
    readonly asked: URLSearchParams[] = [];
    private readonly accounts = new Map<string, GoogleAccount>();
    private readonly callbacks = new Set<string>();
    private server: Listening | undefined;

    static async open(): Promise<Google> {
        const google = new Google();
        google.server = await listen((url) => google.handler(url));
        return google;
    }

    get url(): string {
        return this.server?.url ?? '';
    }

    /** What a console is told of it. */
    get settings(): Record<string, string> {
        return {
            USHER_GOOGLE_CLIENT_ID: CLIENT,
            USHER_GOOGLE_CLIENT_SECRET: SECRET,
            USHER_GOOGLE_ISSUER: this.url,
            USHER_GOOGLE_AUTHORIZE_URL: `${this.url}/auth`,
            USHER_GOOGLE_TOKEN_URL: `${this.url}/token`,
            USHER_GOOGLE_KEYS_URL: `${this.url}/jwks`,
        };
    }

    /** Lets a console be sent answers, as its operator does in Google's own console. */
    register(usher: string): void {
        this.callbacks.add(`${usher}/accounts/google/callback`);
    }

    /** Makes an account, or changes the one with this `sub`. */
    know(account: Pick<GoogleAccount, 'email'> & Partial<GoogleAccount>): GoogleAccount {
        const sub = account.sub ?? randomBytes(8).readBigUInt64BE().toString();
        const known = { sub, emailVerified: true, firstName: 'Grace', lastName: 'Hopper', ...account };
        this.accounts.set(sub, known);
        return known;
    }

    async close(): Promise<void> {
        await this.server?.close();
    }

    private async handler(url: string): Promise<Handler> {
        const provider = await withoutWarnings(() => this.provider(url));
        const answerAll = provider.callback();
        return async (asked, answer) => {
            const { pathname, searchParams } = addressOf(asked);
            if (pathname === '/auth') this.asked.push(searchParams);
            if (!pathname.startsWith('/choose/')) return answerAll(asked, answer);
            const show = (said?: string) =>
                sendPage(answer, 'Choose an account', addressForm(pathname, 'Next', {}, said), said ? 422 : 200);
            if (asked.method !== 'POST') return show();
            const form = await readForm(asked);
            if (form.get('cancel')) {
                return provider.interactionFinished(asked, answer, { error: 'access_denied', error_description: 'They said no' });
            }
            const account = this.withAddress(form.get('email') ?? '');
            if (!account) return show("Couldn't find this account");
            return provider.interactionFinished(asked, answer, { login: { accountId: account.sub }, select_account: {} });
        };
    }

    /** The one that was made last. */
    private withAddress(email: string): GoogleAccount | undefined {
        return [...this.accounts.values()].findLast((account) => account.email === email);
    }

    private async provider(url: string): Promise<Provider> {
        const { interactionPolicy, Provider } = await import('oidc-provider');
        // With one account or several: people are asked which, each time.
        const policy = interactionPolicy.base();
        const { Check, Prompt } = interactionPolicy;
        policy.get('login')?.checks.add(new Check('which', 'People choose', ({ oidc }) => !oidc.result?.login));
        policy.add(new Prompt({ name: 'select_account', requestable: true }));
        const configuration: Configuration = {
            clients: [
                {
                    client_id: CLIENT,
                    client_secret: SECRET,
                    redirect_uris: ['https://console.example.test/accounts/google/callback'],
                    grant_types: ['authorization_code'],
                    response_types: ['code'],
                    id_token_signed_response_alg: 'RS256',
                },
            ],
            jwks: { keys: [signingKey()] },
            cookies: { keys: [SECRET] },
            pkce: { required: () => true },
            claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name', 'name'] },
            // Google's ID tokens say all that was asked for.
            conformIdTokenClaims: false,
            features: { devInteractions: { enabled: false } },
            interactions: { policy, url: (_, { uid }) => `/choose/${uid}` },
            findAccount: (_, sub) => {
                const account = this.accounts.get(sub);
                return account && { accountId: sub, claims: () => claimsOf(account) };
            },
            // Google shows what is asked for on the same page.
            loadExistingGrant: async ({ oidc }) => {
                const grant = new oidc.provider.Grant({ clientId: CLIENT, accountId: oidc.session?.accountId ?? '' });
                grant.addOIDCScope(String(oidc.params?.['scope'] ?? ''));
                await grant.save();
                return grant;
            },
            renderError: (ctx, out) => {
                ctx.type = 'text/plain';
                ctx.body = `${out.error}: ${out.error_description ?? ''}`;
            },
            ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
        };
        const provider = new Provider(url, configuration);
        // The console's address is known after this provider's.
        provider.Client.prototype.redirectUriAllowed = (address) => this.callbacks.has(address);
        return provider;
    }
}

function claimsOf(account: GoogleAccount) {
    return {
        sub: account.sub,
        email: account.email,
        email_verified: account.emailVerified,
        given_name: account.firstName,
        family_name: account.lastName,
        name: `${account.firstName} ${account.lastName}`,
    };
}

function signingKey() {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: randomBytes(4).toString('hex') };
}

/** Chooses an account on Google's page. */
export async function chooseAtGoogle(page: Page, email: string): Promise<void> {
    await leaves(page, page.getByRole('heading', { name: 'Choose an account' }));
    await page.getByLabel('Email').fill(email);
    await page.getByRole('button', { name: 'Next', exact: true }).click();
}
