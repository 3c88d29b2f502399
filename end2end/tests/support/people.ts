// The people of a test organization. They come to it by the forms of the pages, which are sent without opening a page:
// what the pages themselves do has tests of its own, and opening them takes most of the time of a test.

import { request, type APIRequestContext, type BrowserContext, type Page } from '@playwright/test';
import type { Console } from './console.ts';
import { invitationLink } from './mailbox.ts';
import { control, dialog } from './page.ts';
import { Phone } from './phone.ts';

export const ORGANIZATION = 'Analytical Engines';
export const PASSWORD = 'seven owls repair my piano';

export const GROUPS = ['admin', 'write', 'read', 'metrics', 'billing_viewer'] as const;
export type Group = (typeof GROUPS)[number];

export interface Person {
    firstName: string;
    lastName: string;
    email: string;
    password: string;
}

/** Somebody who is signed in. */
export interface Member extends Person {
    session: Awaited<ReturnType<BrowserContext['storageState']>>;
}

export const ADA: Person = person('Ada', 'Lovelace', 'ada@example.test');

export function person(firstName: string, lastName: string, email: string): Person {
    return { firstName, lastName, email, password: PASSWORD };
}

export function nameOf({ firstName, lastName }: Person): string {
    return `${firstName} ${lastName}`;
}

/** Sends the set-up form on a page that shows it. */
export async function fillSetUp(page: Page, founder: Person): Promise<void> {
    await page.getByLabel('Organization').fill(ORGANIZATION);
    await page.getByLabel('First name').fill(founder.firstName);
    await page.getByLabel('Last name').fill(founder.lastName);
    await page.getByLabel('Email').fill(founder.email);
    await page.getByLabel('Password', { exact: true }).fill(founder.password);
    await page.getByRole('button', { name: 'Set up', exact: true }).click();
}

/** Sends the form of an invitation on a page that shows it. */
export async function fillInvitation(page: Page, invited: Person): Promise<void> {
    await page.getByLabel('First name').fill(invited.firstName);
    await page.getByLabel('Last name').fill(invited.lastName);
    await page.getByLabel('Password', { exact: true }).fill(invited.password);
    await page.getByRole('button', { name: 'Create account', exact: true }).click();
}

/** Opens the dialog on the users page and sends it. */
export async function fillInvite(page: Page, email: string, groups: readonly Group[]): Promise<void> {
    await control(page, 'Invite User').click();
    await dialog(page).getByLabel('Email').fill(email);
    for (const group of groups) await groupBox(page, group).check();
    await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
}

/** A box of the list of groups in the open dialog; its name goes on with what the group is for. */
export function groupBox(page: Page, group: Group) {
    return dialog(page).getByRole('group', { name: 'Groups' }).getByRole('checkbox', { name: new RegExp(`^${group}`) });
}

let addresses = 0;

/** An address that nobody in this worker has. */
export function newAddress(prefix = 'person'): string {
    addresses += 1;
    return `${prefix}-${addresses}@example.test`;
}

/** What `/api/users/list` answers, as far as it is needed here. */
interface Users {
    page: { rows: { id: string; email: string }[] };
    groups: { id: string; name: string }[];
}

export class People {
    private readonly usher: Console;
    private founder: Member | undefined;

    constructor(usher: Console) {
        this.usher = usher;
    }

    /** The first administrator. */
    get admin(): Member {
        if (!this.founder) throw new Error('the console is not set up');
        return this.founder;
    }

    /** Makes the organization and its first administrator. */
    async setUp(founder: Person = ADA): Promise<Member> {
        const token = new URL(this.usher.setUpLink).searchParams.get('token') ?? '';
        this.founder = await this.enter('/api/setup/complete', { token, organization: ORGANIZATION, email: founder.email }, founder);
        return this.founder;
    }

    /** Invites an address; the link that was mailed to it. */
    async invite(email: string, groups: readonly Group[] = []): Promise<string> {
        await this.send(email, groups);
        return invitationLink(await this.usher.mailbox.waitForMail(email));
    }

    /** Invites an address without waiting for the mail. */
    async send(email: string, groups: readonly Group[] = []): Promise<void> {
        await this.errand(this.admin, async (browser) => {
            const fields: [string, string][] = [['email', email]];
            if (groups.length > 0) {
                const all = (await this.users(browser, '')).groups;
                for (const group of groups) fields.push(['groups[]', only(all.filter(({ name }) => name === group)).id]);
            }
            await sendForm(browser, '/api/invitations/invite', fields);
        });
    }

    /** Invites somebody, who accepts and is signed in. */
    async join(invited: Person, groups: readonly Group[] = []): Promise<Member> {
        return this.accept(await this.invite(invited.email, groups), invited);
    }

    async accept(link: string, invited: Person): Promise<Member> {
        const token = new URL(link).pathname.split('/').at(-1) ?? '';
        return this.enter('/api/invitations/accept', { token }, invited);
    }

    /** Sets two-factor authentication up for somebody. */
    async enrol(member: Member): Promise<{ member: Member; phone: Phone }> {
        let phone: Phone | undefined;
        const session = await this.errand(member, async (browser) => {
            await sendForm(browser, '/api/two_factor/start', [['current_password', member.password]]);
            const { secret } = (await sendForm(browser, '/api/two_factor/look', [])) as { secret: string };
            phone = Phone.of(secret);
            await sendForm(browser, '/api/two_factor/confirm', [
                ['name', 'Authenticator app'],
                ['code', await phone.code()],
            ]);
        });
        if (!phone) throw new Error('there is no phone');
        return { member: { ...member, session }, phone };
    }

    async deactivate(email: string, reason = ''): Promise<void> {
        await this.changeStatus('/api/users/deactivate', email, [['reason', reason]]);
    }

    async reactivate(email: string): Promise<void> {
        await this.changeStatus('/api/users/reactivate', email);
    }

    /** The id of the person with this address. */
    async idOf(email: string): Promise<string> {
        let id = '';
        await this.errand(this.admin, async (browser) => {
            const { rows } = (await this.users(browser, email)).page;
            id = only(rows.filter((row) => row.email === email)).id;
        });
        return id;
    }

    async groupId(group: string): Promise<string> {
        let id = '';
        await this.errand(this.admin, async (browser) => {
            const { groups } = await this.users(browser, '');
            id = only(groups.filter(({ name }) => name === group)).id;
        });
        return id;
    }

    /** Sends a form of the administrator as scripts do; what was answered. */
    async act(action: string, fields: [string, string][]): Promise<unknown> {
        return this.actAs(this.admin, action, fields);
    }

    /** The same for somebody else. */
    async actAs(member: Member, action: string, fields: [string, string][]): Promise<unknown> {
        let answer: unknown;
        await this.errand(member, async (browser) => {
            answer = await sendForm(browser, action, fields);
        });
        return answer;
    }

    /** The same without scripts; where it leads. */
    async actPlainly(action: string, fields: [string, string][]): Promise<string> {
        let location = '';
        await this.errand(this.admin, async (browser) => {
            const answer = await browser.post(action, {
                headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Accept': 'text/html' },
                data: new URLSearchParams(fields).toString(),
                maxRedirects: 0,
            });
            location = answer.headers()['location'] ?? '';
        });
        return location;
    }

    /** Lets the administrator leave for another site: where to, and the cookies that are to be brought back. */
    async leave(address: string): Promise<{ location: string; cookie: string }> {
        const left = { location: '', cookie: '' };
        await this.errand(this.admin, async (browser) => {
            const answer = await browser.get(address, { maxRedirects: 0 });
            left.location = answer.headers()['location'] ?? '';
            const set = answer.headersArray().filter(({ name }) => name.toLowerCase() === 'set-cookie');
            left.cookie = set.map(({ value }) => value.split(';')[0] ?? '').join('; ');
        });
        return left;
    }

    private async changeStatus(action: string, email: string, more: [string, string][] = []): Promise<void> {
        await this.errand(this.admin, async (browser) => {
            const { rows } = (await this.users(browser, email)).page;
            const { id } = only(rows.filter((row) => row.email === email));
            await sendForm(browser, action, [['user', id], ...more]);
        });
    }

    private async users(browser: APIRequestContext, search: string): Promise<Users> {
        const query = { search, sort: 'Name', descending: 'false', cursor: 'Start' };
        const fields = Object.entries(query).map(([name, value]): [string, string] => [`query[${name}]`, value]);
        return (await sendForm(browser, '/api/users/list', fields)) as Users;
    }

    /** Sends a form that makes an account, and comes back signed in. */
    private async enter(action: string, more: Record<string, string>, who: Person): Promise<Member> {
        const { firstName, lastName, password } = who;
        const fields = { ...more, first_name: firstName, last_name: lastName, password };
        const session = await this.errand(undefined, (browser) => sendForm(browser, action, Object.entries(fields)));
        return { ...who, session };
    }

    /** A browser of its own for one errand; what it knows at the end. */
    private async errand(
        as: Member | undefined,
        act: (browser: APIRequestContext) => Promise<unknown>,
    ): Promise<Member['session']> {
        const browser = await request.newContext({
            baseURL: this.usher.url,
            extraHTTPHeaders: { Accept: 'application/json', Origin: this.usher.url },
            ...(as ? { storageState: as.session } : {}),
        });
        try {
            await act(browser);
            return await browser.storageState();
        } finally {
            await browser.dispose();
        }
    }
}

function only<T>(found: readonly T[]): T {
    const [first, ...others] = found;
    if (first === undefined || others.length > 0) throw new Error(`${found.length} found, not one`);
    return first;
}

/** Sends a form as scripts do; what was answered. */
async function sendForm(browser: APIRequestContext, action: string, fields: [string, string][]): Promise<unknown> {
    const answer = await browser.post(action, {
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        data: new URLSearchParams(fields).toString(),
    });
    if (!answer.ok()) throw new Error(`${action}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
}

/** The link that the operator makes for an administrator who can't sign in any more. */
export async function recoveryOf(usher: Console, email: string): Promise<string> {
    const said = await usher.command('recover-admin', '--email', email);
    const link = said.match(/https?:\/\/\S+\/recover\?token=[\w-]+/)?.[0];
    if (!link) throw new Error(`no link in: ${said}`);
    return link;
}
