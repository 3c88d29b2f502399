// What scripts add: nothing here is needed, and all of it is missed.

import { choose, control, dialog, hydrated, rowOf } from './support/page.ts';
import { ADA, newAddress, PASSWORD, person } from './support/people.ts';
import { expect, test as shared } from './support/test.ts';
import type { Page } from '@playwright/test';

/** `page` is the administrator's, on the list of people. */
const test = shared.extend({
    page: async ({ people, browserOf, visit }, use) => {
        const page = await browserOf(people.admin);
        await visit(page, '/organization/users');
        await use(page);
    },
});

function menu(page: Page) {
    return rowOf(page, ADA.email).getByLabel(/^Actions for /);
}

function entry(page: Page) {
    return control(rowOf(page, ADA.email), 'Deactivate…');
}

test('a menu closes on Esc and gives the focus back', async ({ page }) => {
    await menu(page).focus();
    await page.keyboard.press('Enter');
    await expect(entry(page)).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await expect(entry(page)).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(entry(page)).toBeHidden();
    await expect(menu(page)).toBeFocused();
});

test('a menu closes on a press elsewhere', async ({ page }) => {
    await menu(page).click();
    await expect(entry(page)).toBeVisible();
    await page.getByRole('heading', { level: 1 }).click();
    await expect(entry(page)).toBeHidden();
});

test('the invite dialog takes the focus, closes on Esc and gives the focus back', async ({ page }) => {
    const opener = control(page, 'Invite User');
    await opener.click();
    await expect(dialog(page).getByLabel('Email')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toBeHidden();
    await expect(opener).toBeFocused();
});

test('the first field of a dialog has the focus, not the body that scrolls', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 420 });
    await control(page, 'Invite User').click();
    expect(await dialog(page).locator('.dialog-body').evaluate((body) => body.scrollHeight > body.clientHeight)).toBe(true);
    await expect(dialog(page).getByLabel('Email')).toBeFocused();
});

test('a dialog that an address opened leads back to the list on Esc', async ({ page }) => {
    await choose(page, ADA.email, 'Deactivate…');
    await expect(dialog(page)).toBeVisible();
    await hydrated(page);
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(/\/organization\/users$/);
    await expect(dialog(page)).toBeHidden();
});

test('a slash leads to the search', async ({ page }) => {
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox')).toBeFocused();
    await expect(page.getByRole('searchbox')).toHaveValue('');
});

test('a sentence that something was done goes by itself, and its address with it', async ({ page, visit }) => {
    await visit(page, '/organization/users?notice=resent');
    const sentence = page.getByText('A new invitation is on its way.');
    await expect(sentence).toBeVisible();
    await expect(sentence).toBeHidden();
    await expect(page).toHaveURL(/\/organization\/users$/);
});

test('a second press of a button that works does nothing', async ({ page, usher }) => {
    const email = newAddress('twice');
    await control(page, 'Invite User').click();
    await dialog(page).getByLabel('Email').fill(email);
    let posts = 0;
    await page.route('**/api/invitations/invite', async (route) => {
        posts += 1;
        await route.continue();
    });
    await dialog(page).getByRole('button', { name: 'Invite', exact: true }).dblclick();
    await expect(rowOf(page, email)).toContainText('Invited');
    await usher.mailbox.waitForMail(email);
    expect(posts).toBe(1);
});

test('a form of the frame that hangs holds up no other, and the last choice is sent', async ({ people, browserOf, visit }) => {
    const page = await browserOf(await people.join(person('Hanna', 'Hang', newAddress('hang'))));
    await visit(page, '/');
    const chosen: (string | null)[] = [];
    // Never answered.
    await page.route('**/api/account/choose_theme', (route) => {
        chosen.push(new URLSearchParams(route.request().postData() ?? '').get('theme'));
    });
    await page.locator('.user-menu summary').click();
    await page.locator('#menu-theme').selectOption('dark');
    await page.locator('#menu-theme').selectOption('light');
    await expect.poll(() => chosen).toEqual(['dark', 'light']);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page).toHaveURL(/\/sign-in/);
});

test('an entry of a menu that is at work sends nothing again', async ({ people, page, visit }) => {
    const email = newAddress('again');
    await people.invite(email);
    await visit(page, '/organization/users');
    let posts = 0;
    // Never answered.
    await page.route('**/api/invitations/resend', () => {
        posts += 1;
    });
    const resend = async () => {
        await rowOf(page, email).getByLabel(/^Actions for /).click();
        await rowOf(page, email).getByRole('button', { name: 'Resend' }).click();
    };
    await resend();
    await expect(rowOf(page, email).locator('button[aria-busy]')).toHaveCount(1);
    await resend();
    // What is sent after it has come, so the second would have, too.
    await page.evaluate(() => void fetch('/api/invitations/resend', { method: 'POST' }));
    await expect.poll(() => posts).toBe(2);
});

test('a password is judged while it is typed, and can be shown', async ({ people, browserOf, visit }) => {
    const link = await people.invite(newAddress());
    const page = await browserOf();
    await visit(page, link);
    const password = page.getByLabel('Password', { exact: true });
    const judgement = page.getByRole('status').filter({ hasText: /\w/ });
    await password.pressSequentially('short');
    await expect(judgement).toContainText('15 characters or more');
    await password.fill(PASSWORD);
    await expect(judgement).not.toContainText('15 characters or more');
    await expect(password).toHaveAttribute('type', 'password');
    await page.getByRole('button', { name: 'Show password' }).click();
    await expect(password).toHaveAttribute('type', 'text');
    await expect(password).toHaveValue(PASSWORD);
});

test('the judgement of a password goes with the password when a form is refused', async ({ people, browserOf, visit }) => {
    const link = await people.invite(newAddress());
    const page = await browserOf();
    await visit(page, link);
    const password = page.getByLabel('Password', { exact: true });
    const judgement = page.getByRole('status').filter({ hasText: /\w/ });
    const meter = page.locator('.meter');
    await page.getByLabel('First name').fill('Ben');
    await page.getByLabel('Last name').fill('Babbage');
    await password.fill('Password1234567890');
    await expect(judgement).toContainText('Too easy to guess');
    await page.getByRole('button', { name: 'Create account' }).click();
    await expect(page.getByRole('alert').getByRole('link', { name: /^Password: / })).toBeVisible();
    await expect(password).toHaveValue('');
    await expect(judgement).toHaveCount(0);
    await expect(meter).toHaveAttribute('data-level', '0');
    // It judges again what is typed again.
    await password.fill(PASSWORD);
    await expect(judgement).toContainText(/^(Good|Strong): /);
});

test('the organization ID is copied with one press', async ({ page, visit }) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await visit(page, '/account/settings');
    await page.getByRole('button', { name: 'Copy Org ID' }).click();
    await expect(page.getByText('Copied')).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^[0-9a-f]{6}$/);
    await expect(page.getByText(copied, { exact: true })).toBeVisible();
});

test('a button shows that it works until a slow answer is there', async ({ page, usher }) => {
    const email = newAddress('slow');
    await page.clock.install();
    await control(page, 'Invite User').click();
    await dialog(page).getByLabel('Email').fill(email);
    const button = dialog(page).getByRole('button', { name: 'Invite', exact: true });
    const width = (await button.boundingBox())?.width;
    let answer = () => {};
    const slow = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/api/invitations/invite', async (route) => {
        await slow;
        await route.continue();
    });
    await button.click();
    await expect(button).toHaveAttribute('aria-busy', 'true');
    await page.clock.runFor(10_000);
    await expect(button).toHaveAttribute('aria-busy', 'true');
    expect((await button.boundingBox())?.width).toBe(width);
    answer();
    await expect(rowOf(page, email)).toContainText('Invited');
    await usher.mailbox.waitForMail(email);
});

test('what went wrong on the way is said, and what was typed stays', async ({ page, usher }) => {
    const email = newAddress('away');
    await control(page, 'Invite User').click();
    await dialog(page).getByLabel('Email').fill(email);
    await page.route('**/api/invitations/invite', (route) => route.abort());
    await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
    await expect(dialog(page).getByRole('alert')).toContainText('Nothing was changed');
    await expect(dialog(page).getByLabel('Email')).toHaveValue(email);
    await page.unroute('**/api/invitations/invite');
    await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
    await expect(rowOf(page, email)).toContainText('Invited');
    await usher.mailbox.waitForMail(email);
});

test('a date is in the zone of the reader, with UTC in its tooltip', async ({ people, browserOf, visit }) => {
    const link = await people.invite(newAddress());
    const page = await browserOf();
    await visit(page, link);
    const time = page.locator('time').first();
    const moment = new Date((await time.getAttribute('datetime')) ?? '');
    const inZone = (timeZone: string) =>
        new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(moment);
    await expect(time).toContainText(inZone('Europe/Berlin'));
    await expect(time).not.toContainText('UTC');
    await expect(time).toHaveAttribute('title', new RegExp(`${inZone('UTC')} UTC$`));
});

test('who was signed out elsewhere finds the way back from the open page', async ({ people, browserOf, visit }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    const page = await browserOf(await people.join(ben));
    await visit(page, '/account/settings');
    await people.deactivate(ben.email);
    await page.locator('main').getByLabel('Theme').selectOption({ label: 'Dark' });
    const toast = page.getByLabel('Notification');
    await expect(toast).toContainText('You are signed out');
    await toast.getByRole('link', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(/\/sign-in\?next=%2Faccount%2Fsettings/);
    await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();

    await page.goto('/account/settings');
    await expect(page).toHaveURL(/notice=session-ended/);
    await expect(page.getByRole('main')).toContainText('Your session has ended. Sign in to go on.');
    await expect(page.getByLabel('Notification')).toHaveCount(0);
});
