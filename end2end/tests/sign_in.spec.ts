import { hydrated, signIn, signOut } from './support/page.ts';
import { newAddress, person, type Member, type People } from './support/people.ts';
import { expect, test } from './support/test.ts';

const ONE_ANSWER = "This doesn't match an account that can sign in.";

function newcomer(people: People): Promise<Member> {
    return people.join(person('Grace', 'Hopper', newAddress('grace')), ['read']);
}

test('a wrong password and an unknown address get the same answer, and only the address stays', async ({
    page,
    people,
    visit,
}) => {
    const { email } = await newcomer(people);
    await visit(page, '/sign-in');
    for (const address of [email, 'nobody@example.test']) {
        await signIn(page, address, 'nine owls repair my piano');
        await expect(page.getByRole('alert')).toContainText(ONE_ANSWER);
        await expect(page.getByLabel('Email')).toHaveValue(address);
        await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
        await expect(page).toHaveURL(/\/sign-in/);
    }
});

test('signing in leads back to the page that asked for it', async ({ page, people, visit }) => {
    const grace = await newcomer(people);
    await visit(page, '/organization/users?status=active');
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await signIn(page, grace.email, grace.password);
    await expect(page).toHaveURL(/\/organization\/users\?status=active$/);
});

test('a wrong password in between does not lose the way back', async ({ page, people, visit }) => {
    const grace = await newcomer(people);
    await visit(page, '/account/settings');
    await signIn(page, grace.email, 'nine owls repair my piano');
    await expect(page.getByRole('alert')).toContainText(ONE_ANSWER);
    await signIn(page, grace.email, grace.password);
    await expect(page).toHaveURL(/\/account\/settings$/);
});

test('the way back never leaves this site', async ({ page, people, visit, usher }) => {
    const grace = await newcomer(people);
    for (const elsewhere of ['https://example.com/', '//example.com/', '/\\example.com']) {
        await page.context().clearCookies();
        await visit(page, `/sign-in?next=${encodeURIComponent(elsewhere)}`);
        await signIn(page, grace.email, grace.password);
        await expect(page).toHaveURL(`${usher.url}/`);
    }
});

test('signing out ends the session', async ({ people, visit, browserOf }) => {
    const grace = await newcomer(people);
    const page = await browserOf(grace);
    await visit(page, '/');
    await signOut(page);
    await page.goto('/account/settings');
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    // Not in this browser only: the session is gone.
    const copy = await browserOf(grace);
    await copy.goto('/account/settings');
    await expect(copy).toHaveURL(/\/sign-in\?next=/);
});

test('the sign-in page leads home who is signed in', async ({ people, browserOf, usher }) => {
    const page = await browserOf(people.admin);
    await page.goto('/sign-in');
    await expect(page).toHaveURL(`${usher.url}/`);
});

test('the form says at its fields what is missing', async ({ page, visit, javaScriptEnabled }) => {
    await visit(page, '/sign-in');
    await page.locator('form').evaluateAll((forms) => forms.forEach((form) => form.setAttribute('novalidate', '')));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    const summary = page.getByRole('alert');
    await expect(summary.getByRole('link', { name: 'Enter an e-mail address.' })).toBeVisible();
    await expect(summary.getByRole('link', { name: 'Enter a password.' })).toBeVisible();
    await expect(page.getByLabel('Email')).toHaveAccessibleDescription('Enter an e-mail address.');
    await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription('Enter a password.');
    if (javaScriptEnabled !== false) await hydrated(page);
    await summary.getByRole('link', { name: 'Enter a password.' }).click();
    await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
});
