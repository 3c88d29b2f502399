// Two-factor authentication as people use it. Codes come from the QR code that the page shows; nothing here looks into the
// database.

import type { Page } from '@playwright/test';
import { enrol, SETTINGS, typeCode, type Visit } from './support/enrolment.ts';
import { control, dialog, expectFault, signIn, signOut } from './support/page.ts';
import { nameOf, newAddress, PASSWORD, person, type Person } from './support/people.ts';
import { Phone } from './support/phone.ts';
import { expect, test, testOfNewConsole } from './support/test.ts';
import { ADA, People } from './support/people.ts';

test.use({ crowd: 'two_factor' });

async function beginSignIn(page: Page, visit: Visit, who: Person): Promise<void> {
    await visit(page, '/sign-in');
    await signIn(page, who.email, who.password);
    await expect(page.getByRole('heading', { name: 'Enter your code' })).toBeVisible();
}

function isIn(page: Page, who: Person) {
    return expect(page.getByRole('heading', { name: `Welcome, ${nameOf(who)}` })).toBeVisible();
}

test('the switch asks for the password, shows a QR code, and a right code turns it on', async ({ usher, people, browserOf, visit }) => {
    const grace = person('Grace', 'Hopper', newAddress('grace'));
    const page = await browserOf(await people.join(grace));
    await visit(page, SETTINGS);
    const toggle = page.getByRole('switch', { name: 'Two-factor authentication' });
    await expect(toggle).toHaveAttribute('aria-checked', 'false');
    await toggle.click();

    const password = dialog(page).getByLabel('Your password', { exact: true });
    await password.fill('not the right one');
    await control(dialog(page), 'Continue').click();
    await expectFault(password, /not your password/);
    await expect(password).toHaveValue('');
    await password.fill(PASSWORD);
    await control(dialog(page), 'Continue').click();

    const phone = await Phone.scan(dialog(page).getByRole('img', { name: 'QR code' }));
    expect(phone.issuer).toBe('Usher (Analytical Engines)');
    const code = dialog(page).getByLabel('Code', { exact: true });
    await typeCode(page, '000 000');
    await expectFault(code, /isn't right/);
    await typeCode(page, await phone.code());
    await expect(page.getByRole('heading', { name: 'Keep these recovery codes' })).toBeVisible();
    const codes = await dialog(page).getByRole('listitem').allTextContents();
    expect(new Set(codes).size).toBe(10);
    expect((await usher.mailbox.waitForMail(grace.email)).subject).toBe('Two-factor authentication is on at Analytical Engines');

    // They are shown once.
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Recovery codes are shown once' })).toBeVisible();
    await visit(page, SETTINGS);
    await expect(toggle).toHaveAttribute('aria-checked', 'true');
    await expect(page.locator('#two-factor')).toContainText('10 of 10 recovery codes left');

    await signOut(page);
    await beginSignIn(page, visit, grace);
    // It is no session: everything leads to signing in.
    await page.goto(SETTINGS);
    await expect(page).toHaveURL(/\/sign-in\?/);
    await page.goto('/sign-in/code');
    const asked = page.getByLabel('Code', { exact: true });
    await expect(asked).toHaveAttribute('autocomplete', 'one-time-code');
    await visit(page, '/sign-in/code');
    await typeCode(page, '000000');
    await expectFault(asked, /isn't right/);
    await typeCode(page, await phone.code());
    await isIn(page, grace);
});

test('from a lost phone to signed in again, by a recovery code', async ({ usher, people, browserOf, visit }) => {
    const mary = person('Mary', 'Shelley', newAddress('mary'));
    const page = await browserOf(await people.join(mary));
    const { codes } = await enrol(page, visit);
    await usher.mailbox.waitForMail(mary.email);
    await signOut(page);

    await beginSignIn(page, visit, mary);
    await page.getByRole('link', { name: 'Lost your device?' }).click();
    await expect(page.getByRole('heading', { name: 'Lost your device?' })).toBeVisible();
    await expect(page.locator('.helpers')).toContainText('Ada Lovelace');
    const field = page.getByLabel('Recovery code');
    await field.fill('0000-0000-0000');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expectFault(field, /isn't right/);
    // As copied from paper.
    await field.fill((codes[3] ?? '').toUpperCase().replaceAll('-', ' '));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await isIn(page, mary);
    const mail = await usher.mailbox.waitForMail(mary.email);
    expect(mail.subject).toBe('A recovery code was used at Analytical Engines');
    expect(mail.text).toContain('You have 9 left.');

    await visit(page, SETTINGS);
    await expect(page.locator('#two-factor')).toContainText('9 of 10 recovery codes left');
    await signOut(page);
    await beginSignIn(page, visit, mary);
    await page.getByRole('link', { name: 'Lost your device?' }).click();
    await field.fill(codes[3] ?? '');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expectFault(field, /used before/);
    await field.fill(codes[0] ?? '');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await isIn(page, mary);
});

test('from a lost phone to signed in again, by an administrator', async ({ usher, people, browserOf, visit }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    const page = await browserOf(await people.join(ben));
    await enrol(page, visit);
    await usher.mailbox.waitForMail(ben.email);

    const admin = await browserOf(people.admin);
    await visit(admin, `/organization/users?q=${ben.email}`);
    await admin.getByLabel(`Actions for ${nameOf(ben)}`).click();
    await control(admin.getByRole('row').filter({ hasText: ben.email }), 'Reset two-factor…').click();
    await expect(dialog(admin)).toContainText('signed out everywhere');
    await control(dialog(admin), 'Reset').click();
    await expect(admin.getByText('Their two-factor authentication is reset.')).toBeVisible();
    expect((await usher.mailbox.waitForMail(ben.email)).subject).toBe('Your two-factor authentication was reset at Analytical Engines');

    await page.goto(SETTINGS);
    await expect(page).toHaveURL(/\/sign-in/);
    await visit(page, '/sign-in');
    await signIn(page, ben.email, PASSWORD);
    await isIn(page, ben);
    await enrol(page, visit);
    await expect(page.getByRole('switch', { name: 'Two-factor authentication' })).toHaveAttribute('aria-checked', 'true');
});

test('a popup confirms that it is switched off', async ({ usher, people, browserOf, visit }) => {
    const ida = person('Ida', 'Rhodes', newAddress('ida'));
    const page = await browserOf(await people.join(ida));
    await enrol(page, visit);
    await usher.mailbox.waitForMail(ida.email);
    await visit(page, SETTINGS);
    const toggle = page.getByRole('switch', { name: 'Two-factor authentication' });
    await toggle.click();
    await control(dialog(page), 'Cancel').click();
    await expect(toggle).toHaveAttribute('aria-checked', 'true');
    await toggle.click();
    await control(dialog(page), 'Switch off').click();
    await expect(page.getByText('Two-factor authentication is off.')).toBeVisible();
    await expect(toggle).toHaveAttribute('aria-checked', 'false');
    expect((await usher.mailbox.waitForMail(ida.email)).subject).toBe('Two-factor authentication is off at Analytical Engines');
    await signOut(page);
    await visit(page, '/sign-in');
    await signIn(page, ida.email, PASSWORD);
    await isIn(page, ida);
});

test('several authenticators have names, and each works until it is removed', async ({ people, browserOf, visit }) => {
    const joan = person('Joan', 'Clarke', newAddress('joan'));
    const page = await browserOf(await people.join(joan));
    await enrol(page, visit);
    const { phone: tablet } = await enrol(page, visit, 'Tablet');
    const authenticators = page.locator('#two-factor').getByRole('listitem');
    await expect(authenticators).toHaveCount(2);
    await page.getByRole('link', { name: 'Remove Authenticator app' }).click();
    await control(dialog(page), 'Remove').click();
    await expect(page.getByText('The authenticator is removed.')).toBeVisible();
    await expect(authenticators).toHaveCount(1);
    await expect(authenticators).toContainText('Tablet');
    await expect(page.getByRole('link', { name: /^Remove / })).toHaveCount(0);
    await signOut(page);
    await beginSignIn(page, visit, joan);
    await typeCode(page, await tablet.code());
    await isIn(page, joan);
});

test('new recovery codes are made, and who turns away from a code signs in anew', async ({ people, browserOf, visit }) => {
    const mary = person('Mary', 'Jackson', newAddress('mary'));
    const page = await browserOf(await people.join(mary));
    const { codes } = await enrol(page, visit);
    await visit(page, SETTINGS);
    await page.getByRole('link', { name: 'New recovery codes…' }).click();
    await control(dialog(page), 'Make new codes').click();
    await expect(page.getByRole('heading', { name: 'Keep these recovery codes' })).toBeVisible();
    const fresh = await dialog(page).getByRole('listitem').allTextContents();
    expect(fresh.filter((code) => codes.includes(code))).toEqual([]);
    await control(dialog(page), 'I have kept them').click();
    await expect(page).toHaveURL(/\/account\/settings#two-factor$/);
    await signOut(page);
    await beginSignIn(page, visit, mary);
    await page.getByRole('button', { name: 'Use another account' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in', exact: true })).toBeVisible();
    await visit(page, '/sign-in/code');
    await expect(page.getByRole('heading', { name: 'Sign in again' })).toBeVisible();
});

test('an administrator asks everybody for it, and says from when', async ({ usher, people, browserOf, visit }) => {
    const rosa = person('Rosa', 'Péter', newAddress('rosa'));
    const colleague = await browserOf(await people.join(rosa, ['read']));
    await visit(colleague, '/organization/iam/two-factor');
    await expect(colleague.getByRole('button', { name: 'Ask for it' })).toHaveAttribute('aria-disabled', 'true');

    const second = person('Emmy', 'Noether', newAddress('emmy'));
    const page = await browserOf(await people.join(second, ['admin']));
    await enrol(page, visit);
    await visit(page, '/organization/iam/two-factor');
    await expect(page.getByRole('heading', { name: 'Two-factor authentication' })).toBeVisible();
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const from = page.getByLabel('From', { exact: true });
    await from.fill(day(0));
    await page.getByRole('button', { name: 'Ask for it' }).click();
    await expectFault(from, /later day/);
    await from.fill(day(30));
    await page.getByRole('button', { name: 'Ask for it' }).click();
    await expect(page.getByText('The day is saved.')).toBeVisible();
    const mail = await usher.mailbox.waitForMail(rosa.email);
    expect(mail.subject).toBe('Set up two-factor authentication for Analytical Engines');

    await visit(colleague, '/organization/users?two-factor=on');
    await expect(colleague.getByText('Two-factor authentication will be needed')).toBeVisible();
    await expect(colleague.getByRole('row').filter({ hasText: second.email })).toContainText('On');
    await expect(colleague.getByRole('row').filter({ hasText: rosa.email })).toHaveCount(0);

    await visit(page, '/organization/iam/two-factor');
    await page.getByRole('button', { name: 'Stop asking' }).click();
    await expect(page.getByText('Two-factor authentication is no longer asked for.')).toBeVisible();
    await visit(colleague, '/');
    await expect(colleague.getByText('Two-factor authentication will be needed')).toHaveCount(0);
});

test('the QR code leaves the key below it in sight, on a low screen too', async ({ people, browserOf, visit }) => {
    const hedy = person('Hedwig', 'Kiesler', newAddress('hedwig'));
    const page = await browserOf(await people.join(hedy));
    await visit(page, `${SETTINGS}?dialog=two-factor`);
    await dialog(page).getByLabel('Your password', { exact: true }).fill(PASSWORD);
    await control(dialog(page), 'Continue').click();
    const code = dialog(page).getByRole('img', { name: 'QR code' });
    await expect(code).toBeVisible();
    for (const height of [480, 650, 900]) {
        await page.setViewportSize({ width: page.viewportSize()?.width ?? 1280, height });
        const [image, key] = [await code.boundingBox(), await dialog(page).locator('code').boundingBox()];
        expect(image && key && image.height > 100 && image.y + image.height <= key.y, `at ${height} px`).toBe(true);
    }
});

test('recovery codes are printed, and Esc does not throw them away', async ({ people, browserOf, visit }) => {
    const edith = person('Edith', 'Clarke', newAddress('edith'));
    const page = await browserOf(await people.join(edith));
    await visit(page, `${SETTINGS}?dialog=two-factor`);
    await dialog(page).getByLabel('Your password', { exact: true }).fill(PASSWORD);
    await control(dialog(page), 'Continue').click();
    const phone = await Phone.scan(dialog(page).getByRole('img', { name: 'QR code' }));
    await typeCode(page, await phone.code());
    const codes = dialog(page).getByRole('listitem');
    await expect(codes).toHaveCount(10);
    await page.emulateMedia({ media: 'print' });
    await expect(codes.first()).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Settings', exact: true })).toBeHidden();
    await page.emulateMedia({ media: 'screen' });
    await page.keyboard.press('Escape');
    await expect(codes).toHaveCount(10);
    await expect(codes.first()).toBeVisible();
});

test('after five wrong codes the page leads to the password', async ({ people, browserOf, visit }) => {
    const ada = person('Ada', 'Yonath', newAddress('ada'));
    const page = await browserOf(await people.join(ada));
    await enrol(page, visit);
    await signOut(page);
    await beginSignIn(page, visit, ada);
    for (let tries = 1; tries < 5; tries += 1) {
        await typeCode(page, '000000');
        await expectFault(page.getByLabel('Code', { exact: true }), /isn't right/);
        await visit(page, '/sign-in/code');
    }
    await typeCode(page, '000000');
    await expect(page.getByRole('heading', { name: 'Sign in again' })).toBeVisible();
    await page.getByRole('link', { name: 'Sign in', exact: true }).click();
    await expect(page.getByLabel('Password', { exact: true })).toBeVisible();
});

const impatient = testOfNewConsole.extend({ settings: { USHER_PROOF_LIFETIME: '4s' } });

impatient('a sign-in that lies back asks for the password in the popup', async ({ usher, browserOf, visit }) => {
    const people = new People(usher);
    const page = await browserOf(await people.setUp());
    await enrol(page, visit);
    const password = dialog(page).getByLabel('Your password', { exact: true });
    await expect(async () => {
        await visit(page, `${SETTINGS}?dialog=two-factor-off`);
        await expect(password).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await password.fill('not the right one');
    await control(dialog(page), 'Switch off').click();
    await expectFault(password, /not your password/);
    await password.fill(ADA.password);
    await control(dialog(page), 'Switch off').click();
    await expect(page.getByText('Two-factor authentication is off.')).toBeVisible();
});

impatient('who makes somebody an IAM Admin long after signing in is asked for the password', async ({ usher, browserOf, visit }) => {
    const people = new People(usher);
    const page = await browserOf(await people.setUp());
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    await people.join(ben);
    const admins = await people.groupId('admin');
    const addMembers = `/organization/users/groups/${admins}/add?users[]=${await people.idOf(ben.email)}`;
    const password = page.getByLabel('Your password', { exact: true });
    await expect(async () => {
        await visit(page, addMembers);
        await expect(password).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await control(page, 'Confirm and add').click();
    await expectFault(password, /Enter your password to go on/);
    await password.fill('not the right one');
    await control(page, 'Confirm and add').click();
    await expectFault(password, /not your password/);
    await password.fill(ADA.password);
    await control(page, 'Confirm and add').click();
    await expect(page.getByText('They are members now.')).toBeVisible();
});
