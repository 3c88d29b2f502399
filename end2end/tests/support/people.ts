// The people of a test organization, made through the pages as real ones are. Without scripts, because that is faster.

import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { desktop } from './browser.ts';
import type { Console } from './console.ts';
import { invitationLink } from './mailbox.ts';
import { choose, control, dialog, rowOf } from './page.ts';

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

export class People {
    private readonly usher: Console;
    private readonly browser: Browser;
    private founder: Member | undefined;

    constructor(usher: Console, browser: Browser) {
        this.usher = usher;
        this.browser = browser;
    }

    /** The first administrator. */
    get admin(): Member {
        if (!this.founder) throw new Error('the console is not set up');
        return this.founder;
    }

    /** Makes the organization and its first administrator. */
    async setUp(founder: Person = ADA): Promise<Member> {
        const session = await this.page(undefined, async (page) => {
            await page.goto(this.usher.setUpLink);
            await fillSetUp(page, founder);
            await expect(page).toHaveURL(`${this.usher.url}/`);
        });
        this.founder = { ...founder, session };
        return this.founder;
    }

    /** Invites an address; the link that was mailed to it. */
    async invite(email: string, groups: readonly Group[] = []): Promise<string> {
        await this.send(email, groups);
        return invitationLink(await this.usher.mailbox.waitForMail(email));
    }

    /** Invites an address without waiting for the mail. */
    async send(email: string, groups: readonly Group[] = []): Promise<void> {
        await this.asAdmin(async (page) => {
            await fillInvite(page, email, groups);
            await expect(rowOf(page, email)).toContainText('Invited');
        });
    }

    /** Invites somebody, who accepts and is signed in. */
    async join(invited: Person, groups: readonly Group[] = []): Promise<Member> {
        return this.accept(await this.invite(invited.email, groups), invited);
    }

    async accept(link: string, invited: Person): Promise<Member> {
        const session = await this.page(undefined, async (page) => {
            await page.goto(link);
            await fillInvitation(page, invited);
            await expect(page).toHaveURL(`${this.usher.url}/`);
        });
        return { ...invited, session };
    }

    async deactivate(email: string): Promise<void> {
        await this.asAdmin(async (page) => {
            await choose(page, email, 'Deactivate…');
            await dialog(page).getByRole('button', { name: 'Deactivate', exact: true }).click();
            await expect(rowOf(page, email)).toContainText('Deactivated');
        });
    }

    private async asAdmin(act: (page: Page) => Promise<void>): Promise<void> {
        await this.page(this.admin, async (page) => {
            await page.goto('/organization/users');
            await act(page);
        });
    }

    /** A browser of its own for one errand; what it knows at the end. */
    private async page(as: Member | undefined, act: (page: Page) => Promise<void>): Promise<Member['session']> {
        const context = await this.browser.newContext({
            ...desktop,
            isMobile: false,
            hasTouch: false,
            javaScriptEnabled: false,
            baseURL: this.usher.url,
            ...(as ? { storageState: as.session } : { storageState: { cookies: [], origins: [] } }),
        });
        try {
            await act(await context.newPage());
            return await context.storageState();
        } finally {
            await context.close();
        }
    }
}

/** The link that the operator makes for an administrator who can't sign in any more. */
export async function recoveryOf(usher: Console, email: string): Promise<string> {
    const said = await usher.command('recover-admin', '--email', email);
    const link = said.match(/https?:\/\/\S+\/recover\?token=[\w-]+/)?.[0];
    if (!link) throw new Error(`no link in: ${said}`);
    return link;
}
