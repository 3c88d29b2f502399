// The whole first hour of an organization: set up, invite, accept, deactivate, reactivate.

import { invitationLink } from './support/mailbox.ts';
import { choose, control, dialog, follow, rowOf, signIn } from './support/page.ts';
import { ADA, fillInvitation, fillInvite, fillSetUp, GROUPS, groupBox, nameOf, ORGANIZATION, PASSWORD, person } from './support/people.ts';
import { expect, testOfNewConsole as test } from './support/test.ts';

const BEN = person('Ben', 'Babbage', 'ben@example.test');
const ONE_ANSWER = "This doesn't match an account that can sign in.";

test('an organization is set up, a colleague joins, is out at once when deactivated and comes back', async ({
    usher,
    page,
    visit,
    browserOf,
}) => {
    test.setTimeout(120_000);
    const ada = page;

    await test.step('the first administrator sets the organization up', async () => {
        await visit(ada, usher.setUpLink);
        await fillSetUp(ada, ADA);
        await expect(ada).toHaveURL(`${usher.url}/`);
        await expect(ada.getByRole('heading', { level: 1 })).toBeVisible();
    });

    await test.step('they are the first in the list of people', async () => {
        await follow(ada, 'Users');
        await expect(ada).toHaveURL(`${usher.url}/organization/users`);
        const row = rowOf(ada, ADA.email);
        await expect(row).toContainText(nameOf(ADA));
        await expect(row).toContainText('Active');
        await expect(row).toContainText('admin');
        await expect(row).toContainText('Password');
    });

    await test.step('they invite a colleague', async () => {
        await control(ada, 'Invite User').click();
        for (const group of GROUPS) await expect(groupBox(ada, group)).toBeVisible();
        await control(dialog(ada), 'Cancel').click();
        await expect(dialog(ada)).toBeHidden();
        await fillInvite(ada, BEN.email, ['write', 'metrics']);
        const row = rowOf(ada, BEN.email);
        await expect(row).toContainText('Invited');
        await expect(row).toContainText('write');
        await expect(row).toContainText('metrics');
    });

    const mail = await usher.mailbox.waitForMail(BEN.email);
    expect(mail.subject).toContain(ORGANIZATION);
    expect(mail.subject).toContain(ADA.firstName);
    const link = invitationLink(mail);
    expect(link.startsWith(`${usher.url}/invitations/`)).toBe(true);

    const ben = await browserOf();
    await test.step('the colleague opens the link of the mail and creates the account', async () => {
        await visit(ben, link);
        await expect(ben.getByText(ORGANIZATION).first()).toBeVisible();
        await expect(ben.getByText(BEN.email).or(ben.getByLabel('Email')).first()).toBeVisible();
        await expect(ben.locator('input[name=email]:not([readonly])')).toHaveCount(0);
        await fillInvitation(ben, BEN);
        await expect(ben).toHaveURL(`${usher.url}/`);
        await expect(ben.getByText(nameOf(BEN)).first()).toBeAttached();
    });

    await test.step('the administrator sees them active', async () => {
        await visit(ada, '/organization/users');
        const row = rowOf(ada, BEN.email);
        await expect(row).toContainText(nameOf(BEN));
        await expect(row).toContainText('Active');
    });

    await test.step('the administrator deactivates them, after hearing what will stop', async () => {
        await choose(ada, BEN.email, 'Deactivate…');
        await expect(dialog(ada)).toContainText(nameOf(BEN));
        await expect(dialog(ada).getByRole('listitem').filter({ hasText: /session|signed/i })).toBeVisible();
        await dialog(ada).getByRole('button', { name: 'Deactivate', exact: true }).click();
        await expect(rowOf(ada, BEN.email)).toContainText('Deactivated');
        await expect(ada.getByRole('status').filter({ hasText: /deactivated/i })).toBeVisible();
    });

    await test.step("the colleague's next request leads to the sign-in page, which lets them in no more", async () => {
        await ben.reload();
        await expect(ben).toHaveURL(/\/sign-in/);
        await signIn(ben, BEN.email, PASSWORD);
        await expect(ben.getByText(ONE_ANSWER).first()).toBeVisible();
        await expect(ben).toHaveURL(/\/sign-in/);
        expect((await usher.mailbox.waitForMail(BEN.email)).subject).toContain('deactivated');
    });

    await test.step('reactivated, they sign in with what they had', async () => {
        await visit(ada, '/organization/users');
        await choose(ada, BEN.email, 'Reactivate');
        await expect(rowOf(ada, BEN.email)).toContainText('Active');
        const row = rowOf(ada, BEN.email);
        await expect(row).toContainText('write');
        await expect(row).toContainText('metrics');
        await visit(ben, '/sign-in');
        await signIn(ben, BEN.email, PASSWORD);
        await expect(ben).toHaveURL(`${usher.url}/`);
        expect((await usher.mailbox.waitForMail(BEN.email)).subject).toContain('reactivated');
    });
});

test('a set-up link that is not the printed one shows where to find it, and once used it is gone', async ({
    usher,
    page,
    visit,
}) => {
    await visit(page, '/setup');
    await expect(page.getByText('usher setup-link').first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Set up', exact: true })).toHaveCount(0);
    await page.goto(`${usher.url}/setup?token=nothing-of-the-kind`);
    await expect(page.getByRole('button', { name: 'Set up', exact: true })).toHaveCount(0);
    await visit(page, usher.setUpLink);
    await fillSetUp(page, ADA);
    await expect(page).toHaveURL(`${usher.url}/`);
    for (const address of ['/setup', usher.setUpLink]) {
        expect((await page.request.get(address)).status()).toBe(404);
    }
});

test('what was typed on the set-up page stays when something is wrong with it, but the password', async ({
    usher,
    page,
    visit,
}) => {
    await visit(page, usher.setUpLink);
    await fillSetUp(page, { ...ADA, password: 'password1234567' });
    await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('Organization')).toHaveValue(ORGANIZATION);
    await expect(page.getByLabel('First name')).toHaveValue(ADA.firstName);
    await expect(page.getByLabel('Last name')).toHaveValue(ADA.lastName);
    await expect(page.getByLabel('Email')).toHaveValue(ADA.email);
    await expect(page).not.toHaveURL(`${usher.url}/`);
});

test('who is alone in an organization is led to the first invitation', async ({ usher, page, visit }) => {
    await visit(page, usher.setUpLink);
    await fillSetUp(page, ADA);
    await expect(page).toHaveURL(`${usher.url}/`);
    await visit(page, '/organization/users');
    await expect(page.getByText('Nobody but you yet')).toBeVisible();
    await page.getByRole('button', { name: 'Invite a colleague', exact: true }).click();
    await dialog(page).getByLabel('Email').fill(BEN.email);
    await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
    await expect(rowOf(page, BEN.email)).toContainText('Invited');
    await expect(page.getByText('Nobody but you yet')).toHaveCount(0);
});
