// GitHub as the console sees it: the same addresses, shapes and errors (a refused exchange is answered with 200), one OAuth app,
// and a page on which somebody lets that app know their addresses.

import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Page } from '@playwright/test';
import { addressForm, addressOf, listen, readForm, redirect, sendJson, sendPage, type Listening } from './outside.ts';
import { leaves } from './page.ts';

export interface GitHubAddress {
    email: string;
    primary: boolean;
    verified: boolean;
    visibility: 'public' | 'private' | null;
}

export interface GitHubAccount {
    id: number;
    login: string;
    name: string | null;
    emails: GitHubAddress[];
}

interface Granted {
    account: GitHubAccount;
    scopes: string[];
    callback: string;
    /** The challenge of PKCE, by S256. */
    challenge: string | null;
}

const CLIENT = `Iv1.${randomBytes(8).toString('hex')}`;
const SECRET = randomBytes(20).toString('hex');
const HELP = 'https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors';

export class GitHub {
    /** The queries with which browsers were sent here, and the forms that the console sent for a token. */
    readonly asked: URLSearchParams[] = [];
    readonly exchanged: URLSearchParams[] = [];
    private readonly accounts: GitHubAccount[] = [];
    private readonly codes = new Map<string, Granted>();
    private readonly tokens = new Map<string, Granted>();
    private callback = '';
    private server: Listening | undefined;

    static async open(): Promise<GitHub> {
        const github = new GitHub();
        github.server = await listen(() => (asked, answer) => github.answer(asked, answer));
        return github;
    }

    get url(): string {
        return this.server?.url ?? '';
    }

    /** What a console is told of it. */
    get settings(): Record<string, string> {
        return {
            USHER_GITHUB_CLIENT_ID: CLIENT,
            USHER_GITHUB_CLIENT_SECRET: SECRET,
            USHER_GITHUB_AUTHORIZE_URL: `${this.url}/login/oauth/authorize`,
            USHER_GITHUB_TOKEN_URL: `${this.url}/login/oauth/access_token`,
            USHER_GITHUB_USER_URL: `${this.url}/user`,
            USHER_GITHUB_EMAILS_URL: `${this.url}/user/emails`,
        };
    }

    /** Lets a console be sent answers, as its operator does in the settings of the OAuth app. */
    register(usher: string): void {
        this.callback = `${usher}/accounts/github/callback`;
    }

    /** Makes an account with this address, which GitHub has verified unless it is said otherwise. */
    know(email: string, more: Partial<GitHubAccount> & { verified?: boolean } = {}): GitHubAccount {
        const { verified = true, ...rest } = more;
        const account: GitHubAccount = {
            id: randomInt(1_000_000, 200_000_000),
            login: `user-${randomBytes(4).toString('hex')}`,
            name: 'Grace Hopper',
            emails: [
                { email: `${randomBytes(4).toString('hex')}@users.noreply.example.test`, primary: false, verified: true, visibility: null },
                { email, primary: true, verified, visibility: 'private' },
            ],
            ...rest,
        };
        this.accounts.push(account);
        return account;
    }

    async close(): Promise<void> {
        await this.server?.close();
    }

    private async answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
        const { pathname, searchParams } = addressOf(asked);
        if (pathname === '/login/oauth/authorize') return this.authorize(asked, answer, searchParams);
        if (pathname === '/login/oauth/access_token' && asked.method === 'POST') return this.exchange(asked, answer);
        if (pathname === '/user' || pathname === '/user/emails') return this.tell(asked, answer, pathname);
        sendJson(answer, { message: 'Not Found' }, 404);
    }

    private async authorize(asked: IncomingMessage, answer: ServerResponse, query: URLSearchParams): Promise<void> {
        if (query.get('client_id') !== CLIENT) return sendPage(answer, 'Page not found', '', 404);
        const back = new URL(this.callback);
        back.searchParams.set('state', query.get('state') ?? '');
        const refuse = (error: string) => {
            back.searchParams.set('error', error);
            back.searchParams.set('error_description', 'See the documentation.');
            redirect(answer, back);
        };
        const callback = query.get('redirect_uri') ?? this.callback;
        if (callback !== this.callback) return refuse('redirect_uri_mismatch');
        const show = (said?: string) =>
            sendPage(answer, 'Authorize Usher', addressForm(asked.url ?? '', 'Authorize', {}, said), said ? 422 : 200);
        if (asked.method !== 'POST') {
            this.asked.push(query);
            return show();
        }
        const form = await readForm(asked);
        if (form.get('cancel')) return refuse('access_denied');
        const account = this.withAddress(form.get('email') ?? '');
        if (!account) return show('Incorrect email address.');
        const [scopes, challenge] = [(query.get('scope') ?? '').split(/[ ,]+/), query.get('code_challenge')];
        if (challenge && query.get('code_challenge_method') !== 'S256') return refuse('invalid_request');
        const code = randomBytes(10).toString('hex');
        this.codes.set(code, { account, scopes, challenge, callback });
        back.searchParams.set('code', code);
        redirect(answer, back);
    }

    private async exchange(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
        const form = await readForm(asked);
        this.exchanged.push(form);
        const say = (values: Record<string, string>) => {
            if (asked.headers.accept?.includes('application/json')) return sendJson(answer, values);
            answer.writeHead(200, { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' });
            answer.end(new URLSearchParams(values).toString());
        };
        const refuse = (error: string) => say({ error, error_description: 'It was refused.', error_uri: `${HELP}#${error}` });
        if (form.get('client_id') !== CLIENT || form.get('client_secret') !== SECRET) return refuse('incorrect_client_credentials');
        const code = form.get('code') ?? '';
        const granted = this.codes.get(code);
        this.codes.delete(code);
        if (!granted) return refuse('bad_verification_code');
        if (form.has('redirect_uri') && form.get('redirect_uri') !== granted.callback) return refuse('redirect_uri_mismatch');
        const verifier = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
        if (granted.challenge !== null && granted.challenge !== verifier) return refuse('bad_verification_code');
        const token = `gho_${randomBytes(18).toString('hex')}`;
        this.tokens.set(token, granted);
        say({ access_token: token, scope: granted.scopes.join(','), token_type: 'bearer' });
    }

    private tell(asked: IncomingMessage, answer: ServerResponse, pathname: string): void {
        if (!asked.headers['user-agent']) return sendJson(answer, { message: 'Request forbidden by administrative rules.' }, 403);
        const token = /^(?:bearer|token) (\S+)$/i.exec(asked.headers.authorization ?? '')?.[1];
        const granted = this.tokens.get(token ?? '');
        if (!granted) return sendJson(answer, { message: token ? 'Bad credentials' : 'Requires authentication', status: '401' }, 401);
        answer.setHeader('X-OAuth-Scopes', granted.scopes.join(', '));
        const { id, login, name, emails } = granted.account;
        const open = emails.find(({ visibility }) => visibility === 'public')?.email ?? null;
        if (pathname === '/user') return sendJson(answer, { id, login, name, email: open, type: 'User' });
        const may = granted.scopes.includes('user:email') || granted.scopes.includes('user');
        return may ? sendJson(answer, emails) : sendJson(answer, { message: 'Not Found', status: '404' }, 404);
    }

    /** The account that was made last with this address. */
    private withAddress(email: string): GitHubAccount | undefined {
        return this.accounts.findLast(({ emails }) => emails.some((address) => address.email === email));
    }
}

/** Says yes on GitHub's page. */
export async function authorizeAtGitHub(page: Page, email: string): Promise<void> {
    await leaves(page, page.getByRole('heading', { name: 'Authorize Usher' }));
    await page.getByLabel('Email').fill(email);
    await page.getByRole('button', { name: 'Authorize', exact: true }).click();
}
