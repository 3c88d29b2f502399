// The audit log as a person reads it: rows in words, filters in the address, details, files.

import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { control, follow } from './support/page.ts';
import { ADA, newAddress, person } from './support/people.ts';
import { expect, test as shared } from './support/test.ts';

const AUDIT = '/organization/audit';

/** `page` is the administrator's. */
const test = shared.extend({
    page: async ({ people, browserOf }, use) => {
        await use(await browserOf(people.admin));
    },
});

/** The entries that say this. */
function entries(page: Page, ...texts: string[]): Locator {
    const rows = page.getByRole('row');
    return texts.reduce((found, hasText) => found.filter({ hasText }), rows);
}

test('what was done to somebody is found from the menu, in words', async ({ page, people, visit }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    await people.join(ben, ['read']);
    await people.deactivate(ben.email, 'Left the company');
    await visit(page, '/');
    await follow(page, 'Audit');
    await expect(page.getByRole('heading', { name: 'Audit', exact: true })).toBeVisible();
    const row = entries(page, 'Deactivated the account', ben.email).first();
    await expect(row).toContainText(ADA.email);
    await expect(row.getByText('Left the company')).toBeHidden();
    await row.getByText('Details', { exact: true }).click();
    await expect(row.getByText('Left the company')).toBeVisible();
    await expect(row.locator('del').filter({ hasText: /^active$/ })).toBeVisible();
    await expect(row.locator('ins').filter({ hasText: /^deactivated$/ })).toBeVisible();
    await expect(entries(page, 'Accepted the invitation', ben.email)).toHaveCount(1);
});

test('filters are in the address, stay in their fields, and are cleared', async ({ page, people, visit }) => {
    const emmy = person('Emmy', 'Noether', newAddress('emmy'));
    const lise = person('Lise', 'Meitner', newAddress('lise'));
    await people.join(emmy);
    await people.join(lise);
    await visit(page, AUDIT);
    await page.getByLabel('To whom or what').fill(emmy.email);
    await page.getByLabel('Did what').selectOption({ label: 'Invite somebody' });
    await page.getByLabel('From day (UTC)').fill('2020-01-31');
    await control(page, 'Apply filters').click();
    await expect(page).toHaveURL(/[?&]action=invitations\.create(&|$)/);
    await expect(page).toHaveURL(/[?&]from=2020-01-31(&|$)/);
    await expect(entries(page, 'Invited', emmy.email)).toHaveCount(1);
    await expect(page.getByText('1 entry', { exact: true })).toBeVisible();
    await expect(page.getByText(lise.email)).toHaveCount(0);
    await expect(page.getByLabel('To whom or what')).toHaveValue(emmy.email);
    await expect(page.getByLabel('Did what')).toHaveValue('invitations.create');
    await expect(page.getByLabel('From day (UTC)')).toHaveValue('2020-01-31');

    await visit(page, `${AUDIT}?target=${emmy.email}&to=2020-01-31`);
    await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
    await control(page, 'Clear filters').first().click();
    await expect(page).toHaveURL(new RegExp(`${AUDIT}$`));
    await expect(entries(page, lise.email).first()).toBeVisible();
});

test('a name leads to all that somebody did, and back to everybody', async ({ page, people, visit }) => {
    const grace = person('Grace', 'Hopper', newAddress('grace'));
    await people.join(grace);
    await visit(page, AUDIT);
    await entries(page, 'Accepted the invitation', grace.email).getByRole('link', { name: grace.email }).first().click();
    await expect(page).toHaveURL(/[?&]actor_id=/);
    await expect(page.getByText(`Only by ${grace.email}`)).toBeVisible();
    await expect(entries(page, 'Accepted the invitation')).toHaveCount(1);
    // A further filter keeps it.
    await page.getByLabel('Did what').selectOption({ label: 'Deactivate an account' });
    await control(page, 'Apply filters').click();
    await expect(page).toHaveURL(/[?&]actor_id=.*/);
    await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
    await page.getByRole('link', { name: /^Show all, not only/ }).click();
    await expect(page).not.toHaveURL(/actor_id/);
});

test('what was refused says so', async ({ page, people, browserOf, visit }) => {
    const hedy = person('Hedy', 'Lamarr', newAddress('hedy'));
    await people.join(hedy);
    const stranger = await browserOf();
    await visit(stranger, '/sign-in');
    await stranger.getByLabel('Email').fill(hedy.email);
    await stranger.getByLabel('Password', { exact: true }).fill('nine owls repair my piano');
    await stranger.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(stranger.getByRole('alert')).toBeVisible();
    const row = entries(page, 'Tried to sign in');
    // It is recorded beside the answer, a moment later.
    await expect(async () => {
        await visit(page, `${AUDIT}?result=refused&target=${hedy.email}`);
        await expect(row).toHaveCount(1, { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await expect(row).toContainText('Somebody signed out');
    await expect(row.locator('.badge')).toHaveText('Refused');
});

test('the filtered log is taken away as a file', async ({ page, people, visit }) => {
    const sophie = person('Sophie', 'Germain', newAddress('sophie'));
    await people.join(sophie);
    await visit(page, `${AUDIT}?target=${sophie.email}`);
    for (const [link, name] of [
        ['Download CSV', /^audit-[0-9a-f]{6}-\d{4}-\d\d-\d\d\.csv$/],
        ['Download JSON', /^audit-[0-9a-f]{6}-\d{4}-\d\d-\d\d\.json$/],
    ] as const) {
        const [download] = await Promise.all([page.waitForEvent('download'), control(page, link).click()]);
        expect(download.suggestedFilename()).toMatch(name);
        const text = await readFile(await download.path(), 'utf8');
        const found = link === 'Download CSV' ? text.trim().split('\r\n').length - 1 : (JSON.parse(text) as unknown[]).length;
        // Invited and accepted.
        expect(found).toBe(2);
        expect(text).toContain(sophie.email);
    }
    await expect(page).toHaveURL(/\/organization\/audit\?/);
});

test('who may only look at people reads it, and who has no role finds no way to it', async ({
    people,
    browserOf,
    visit,
}) => {
    const reader = await browserOf(await people.join(person('Lise', 'Meitner', newAddress('lise')), ['read']));
    expect((await visit(reader, AUDIT))?.status()).toBe(200);
    await expect(entries(reader, 'Accepted the invitation').first()).toBeVisible();

    const guest = await browserOf(await people.join(person('Hedy', 'Lamarr', newAddress('hedy'))));
    await visit(guest, '/');
    await expect(guest.locator(`a[href="${AUDIT}"]`)).toHaveCount(0);
    expect((await visit(guest, AUDIT))?.status()).toBe(403);
    await expect(guest.getByText('IAM Viewer').first()).toBeVisible();
});
