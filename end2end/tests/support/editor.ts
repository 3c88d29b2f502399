// The editor of access policies, as the tests work it.

import { expect, type Locator, type Page } from '@playwright/test';
import { control } from './page.ts';
import { test as shared } from './test.ts';

export const POLICIES = '/organization/iam/access-policies';
export const CREATE = `${POLICIES}/create`;

/** `page` is the administrator's. */
export const test = shared.extend({
    page: async ({ people, browserOf }, use) => {
        await use(await browserOf(people.admin));
    },
});

let policies = 0;

export function newName(): string {
    policies += 1;
    return `Policy ${policies} of ${process.pid}`;
}

export function rule(page: Page, number: number): Locator {
    return page.getByRole('region', { name: `Rule ${number}`, exact: true });
}

export function box(page: Page, number: number, part: 'Users' | 'Groups' | 'Roles', name: string): Locator {
    return rule(page, number).getByRole('group', { name: part }).getByRole('checkbox', { name: new RegExp(`^${name}`) });
}

export function row(page: Page, name: string): Locator {
    return page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
}

export function save(page: Page): Locator {
    return page.getByRole('button', { name: 'Save Policy', exact: true });
}

export async function expectSaved(page: Page): Promise<void> {
    await expect(page).toHaveURL(/\/access-policies(\?|$)/);
    await expect(page.getByText('The policy is saved and in force.')).toBeVisible();
}

/** Makes a policy that gives a role to a group. */
export async function create(page: Page, name: string, role = 'CKS Viewer', group = 'metrics'): Promise<void> {
    await page.goto(CREATE);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await box(page, 1, 'Groups', group).check();
    await box(page, 1, 'Roles', role).check();
    await save(page).click();
    await expectSaved(page);
}

/** Opens the editor by the menu of a row. */
export async function edit(page: Page, name: string): Promise<void> {
    await page.goto(`${POLICIES}?q=${encodeURIComponent(name)}`);
    await row(page, name).getByLabel(`Actions for ${name}`).click();
    await control(row(page, name), 'Edit').click();
    await expect(page.getByRole('heading', { name: 'Edit Policy' })).toBeVisible();
}

/** Looks for somebody in the first rule; only their row is left to choose. */
export async function find(page: Page, again: (page: Page) => Promise<void>, text: string): Promise<void> {
    const users = rule(page, 1).getByRole('group', { name: 'Users' });
    await users.getByRole('searchbox').fill(text);
    await users.getByRole('button', { name: 'Find', exact: true }).click();
    await expect(users.getByRole('checkbox')).toHaveCount(1);
    await again(page);
}
