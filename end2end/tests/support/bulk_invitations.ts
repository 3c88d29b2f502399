// Lists of people to be invited, as an administrator gives and sends them.

import { expect, type Locator, type Page } from '@playwright/test';
import { control } from './page.ts';
import type { People } from './people.ts';

export const INVITE_MANY = '/organization/users/invite-many';

/** Makes a list without opening a page; its address. Nobody has said yes to it. */
export async function makeList(people: People, list: string): Promise<string> {
    return people.actPlainly('/api/bulk_invitations/draft', [['list', list]]);
}

/** The id of a list, from its address. */
export function listId(address: string): string {
    return address.split('/').at(-1)?.split('?')[0] ?? '';
}

export async function startList(people: People, address: string): Promise<void> {
    await people.act('/api/bulk_invitations/start', [['job', listId(address)]]);
}

/** Waits for what a list says when it is done: with scripts by itself, else by the link that shows it anew. */
export async function untilDone(page: Page, title: string): Promise<void> {
    const done = page.getByRole('heading', { level: 1, name: title, exact: true });
    const refresh = control(page, 'Refresh');
    await expect(async () => {
        if (await refresh.isVisible()) await refresh.click({ timeout: 1_000 });
        await expect(done).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 40_000 });
}

export function bar(page: Page): Locator {
    return page.getByRole('progressbar', { name: 'Invitations' });
}

/** The row of a line, by what was written in it. */
export function line(page: Page, written: string): Locator {
    return page.getByRole('row').filter({ hasText: written });
}

/** So many good lines, whose addresses begin with a word. */
export function lines(word: string, count: number): string {
    return Array.from({ length: count }, (_, n) => `${word}-${n + 1}@list.test\n`).join('');
}
