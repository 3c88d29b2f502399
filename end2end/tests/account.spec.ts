// One's own account: the password, the sessions, a forgotten password, and a sign-in that was not one's own.

import type { ParsedMail } from 'mailparser';
import { control, expectFault, signIn } from './support/page.ts';
import { nameOf, newAddress, PASSWORD, person } from './support/people.ts';
import { expect, test } from './support/test.ts';

const NEW = 'eleven foxes paint the harbour';
const SETTINGS = '/account/settings';

/** The link of the one button of a mail. */
function linkOf(mail: ParsedMail): string {
    const link = /https?:\/\/\S+token=[\w-]+/.exec(mail.text ?? '')?.[0];
    if (!link) throw new Error(`no link in ${mail.text}`);
    return link;
}

test('a password is changed, and only this browser stays signed in', async ({ usher, people, browserOf, visit }) => {
    const grace = person('Grace', 'Hopper', newAddress('grace'));
    const page = await browserOf(await people.join(grace));
    const phone = await browserOf();
    await visit(phone, '/sign-in');
    await signIn(phone, grace.email, PASSWORD);
    await expect(phone.getByRole('heading', { name: `Welcome, ${nameOf(grace)}` })).toBeVisible();
    expect((await usher.mailbox.waitForMail(grace.email)).subject).toContain('New sign-in');

    await visit(page, SETTINGS);
    const current = page.getByLabel('Current password', { exact: true });
    const password = page.getByLabel('New password', { exact: true });
    await current.fill('not the right one');
    await password.fill(NEW);
    await control(page, 'Save').click();
    await expectFault(current, /not your password/);
    await expect(password).toHaveValue('');
    await current.fill(PASSWORD);
    await password.fill('short');
    await control(page, 'Save').click();
    await expectFault(password, /15 characters/);
    await current.fill(PASSWORD);
    await password.fill(NEW);
    await control(page, 'Save').click();
    await expect(page.getByRole('status').filter({ hasText: 'Your password is changed' })).toBeVisible();
    expect((await usher.mailbox.waitForMail(grace.email)).subject).toContain('was changed');

    await phone.goto(SETTINGS);
    await expect(phone).toHaveURL(/\/sign-in/);
    await signIn(phone, grace.email, PASSWORD);
    await expect(phone.getByRole('alert')).toBeVisible();
    await signIn(phone, grace.email, NEW);
    await expect(phone.getByRole('heading', { name: 'Settings' })).toBeVisible();
});

test('sessions are seen and ended one by one, or all others at once', async ({ people, browserOf, visit }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    const page = await browserOf(await people.join(ben));
    const others = [await browserOf(), await browserOf()] as const;
    for (const other of others) {
        await visit(other, '/sign-in');
        await signIn(other, ben.email, PASSWORD);
        await expect(other.getByRole('heading', { name: `Welcome, ${nameOf(ben)}` })).toBeVisible();
    }
    await visit(page, SETTINGS);
    const sessions = page.locator('#sessions').getByRole('listitem');
    await expect(sessions).toHaveCount(3);
    await expect(sessions.filter({ hasText: 'This session' })).toHaveCount(1);
    await expect(sessions.filter({ hasText: /Chrome on / }).first()).toBeVisible();
    await sessions.getByRole('button', { name: /^Sign out / }).first().click();
    await expect(page.getByText('That session has ended.')).toBeVisible();
    await expect(sessions).toHaveCount(2);
    await control(page, 'Sign out all others').click();
    await expect(page.getByText('You are signed out everywhere else.')).toBeVisible();
    await expect(sessions).toHaveCount(1);
    for (const other of others) {
        await other.goto(SETTINGS);
        await expect(other).toHaveURL(/\/sign-in/);
    }
});

test('whoever has forgotten their password gets a link, and signs in with another one', async ({ usher, people, page, visit }) => {
    const mary = person('Mary', 'Shelley', newAddress('mary'));
    await people.join(mary);
    await visit(page, '/sign-in');
    await page.getByRole('link', { name: 'Forgot password?' }).click();
    await page.getByLabel('Email').fill('nobody@example.test');
    await control(page, 'Mail me a link').click();
    await expect(page.getByRole('heading', { name: 'Look into your mailbox' })).toBeVisible();
    await visit(page, '/forgot-password');
    await page.getByLabel('Email').fill(mary.email);
    await control(page, 'Mail me a link').click();
    await expect(page.getByRole('heading', { name: 'Look into your mailbox' })).toBeVisible();

    const link = linkOf(await usher.mailbox.waitForMail(mary.email));
    await visit(page, link);
    await expect(page.getByLabel('Email')).toHaveValue(mary.email);
    await page.getByLabel('Password', { exact: true }).fill(NEW);
    await control(page, 'Save').click();
    await expect(page).toHaveURL(/\/sign-in/);
    await expect(page.getByText('Your new password is saved.')).toBeVisible();
    await signIn(page, mary.email, NEW);
    await expect(page.getByRole('heading', { name: `Welcome, ${nameOf(mary)}` })).toBeVisible();
    expect((await visit(page, link))?.status()).toBe(410);
});

test('a sign-in that was somebody else is taken back by the link in its mail', async ({ usher, people, browserOf, visit }) => {
    const carla = person('Carla', 'Clement', newAddress('carla'));
    await people.join(carla);
    const thief = await browserOf();
    await visit(thief, '/sign-in');
    await signIn(thief, carla.email, PASSWORD);
    await expect(thief.getByRole('heading', { name: `Welcome, ${nameOf(carla)}` })).toBeVisible();

    const page = await browserOf();
    await visit(page, linkOf(await usher.mailbox.waitForMail(carla.email)));
    await expect(page.getByRole('heading', { name: "This wasn't me" })).toBeVisible();
    await expect(page.getByText(/Chrome on /)).toBeVisible();
    await control(page, 'Sign my account out everywhere').click();
    await expect(page.getByText('Your account is signed out everywhere.')).toBeVisible();
    await thief.goto(SETTINGS);
    await expect(thief).toHaveURL(/\/sign-in/);
    const told = await usher.mailbox.waitForMail(people.admin.email);
    expect(told.subject).toContain('reported a sign-in');

    await visit(page, linkOf(await usher.mailbox.waitForMail(carla.email)));
    await page.getByLabel('Password', { exact: true }).fill(NEW);
    await control(page, 'Save').click();
    await expect(page).toHaveURL(/\/sign-in/);
    await signIn(page, carla.email, NEW);
    await expect(page.getByRole('heading', { name: `Welcome, ${nameOf(carla)}` })).toBeVisible();
});

test('an administrator signs somebody out everywhere', async ({ people, browserOf, visit }) => {
    const nell = person('Nell', 'Xavier', newAddress('nell'));
    const hers = await browserOf(await people.join(nell));
    const page = await browserOf(people.admin);
    await visit(page, `/organization/users/${await people.idOf(nell.email)}`);
    await control(page, 'Sign out everywhere').click();
    await expect(page.getByText('They are signed out everywhere.')).toBeVisible();
    await hers.goto(SETTINGS);
    await expect(hers).toHaveURL(/\/sign-in/);
});
