// A trial without a mail server: what was sent is shown at /mailbox.

import { dialog, rowOf } from './support/page.ts';
import { fillInvitation, fillInvite, fillSetUp, ADA, nameOf, person } from './support/people.ts';
import { expect, test as shared, testOfNewConsole as test } from './support/test.ts';

const BEN = person('Ben', 'Babbage', 'ben@example.test');

test.use({ settings: { USHER_MAIL_URL: 'dir:{folder}/mail' } });

test('whoever tries Usher invites somebody, finds the mail and joins by its link', async ({
    usher,
    page,
    browserOf,
    visit,
}) => {
    await visit(page, usher.setUpLink);
    await expect(page.getByText('Trial mode: mails are shown at')).toBeVisible();
    await fillSetUp(page, ADA);
    await expect(page).toHaveURL(`${usher.url}/`);
    await visit(page, '/organization/users');
    await fillInvite(page, BEN.email, ['read']);
    await expect(rowOf(page, BEN.email)).toContainText('Invited');

    const ben = await browserOf();
    await expect(async () => {
        await visit(ben, '/mailbox');
        await expect(ben.getByRole('link', { name: /^Ada Lovelace invited you/ })).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await expect(ben.getByText(BEN.email)).toBeVisible();
    await ben.getByRole('link', { name: /^Ada Lovelace invited you/ }).click();
    await expect(ben.getByRole('heading', { level: 1 })).toContainText('Ada Lovelace invited you');
    await ben.getByRole('link', { name: new RegExp(`^${usher.url}/invitations/`) }).click();
    await fillInvitation(ben, BEN);
    await expect(ben).toHaveURL(`${usher.url}/`);
    await expect(ben.getByText(nameOf(BEN)).first()).toBeAttached();
});

test('the list of people leads to the mails', async ({ usher, page, visit }) => {
    await visit(page, usher.setUpLink);
    await fillSetUp(page, ADA);
    await expect(page).toHaveURL(`${usher.url}/`);
    await visit(page, '/organization/users');
    await page.getByRole('link', { name: '/mailbox', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Mailbox' })).toBeVisible();
    await expect(page.getByText('No mail yet')).toBeVisible();
});

shared('a console with a mail server has no such page', async ({ people, browserOf }) => {
    const page = await browserOf(people.admin);
    expect((await page.goto('/mailbox'))?.status()).toBe(404);
    await page.goto('/organization/users');
    await expect(page.getByText('Trial mode')).toHaveCount(0);
    await expect(dialog(page)).toBeHidden();
});
