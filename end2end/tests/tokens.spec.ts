// Access tokens as people make them, as scripts use them and as administrators take them away.

import { choose, control, dialog, expectFault, follow, rowOf } from './support/page.ts';
import { ADA, nameOf, newAddress, People, person, type Group, type Member, type Person } from './support/people.ts';
import { expect, test, testOfNewConsole } from './support/test.ts';
import { ALL_TOKENS, createToken, makeToken, TOKENS, whoami } from './support/tokens.ts';

test.use({ crowd: 'tokens' });

const SUBJECT = 'An access token was created for your account at Analytical Engines';

/** Somebody who may create tokens. */
async function joined(people: People, who: Person, groups: readonly Group[] = ['write']): Promise<Member> {
    return people.join(who, groups);
}

test('a token is shown once, acts as its person, and is refused once it is deleted', async ({ usher, people, browserOf, visit, request }) => {
    const grace = person('Grace', 'Hopper', newAddress('grace'));
    const page = await browserOf(await joined(people, grace));
    await visit(page, '/');
    await follow(page, 'Tokens');
    await expect(page.getByRole('heading', { name: 'No tokens yet' })).toBeVisible();
    const secret = await createToken(page, 'Nightly build', undefined, 'On the small machine');
    expect((await usher.mailbox.waitForMail(grace.email)).subject).toBe(SUBJECT);
    await expect(dialog(page)).toContainText(`${usher.url}/v1beta1/auth/whoami`);

    await page.reload();
    await expect(page.getByRole('heading', { name: 'A token is shown once' })).toBeVisible();
    await expect(page.getByText(secret)).toHaveCount(0);
    await visit(page, TOKENS);
    await expect(page.getByText(secret)).toHaveCount(0);
    const row = rowOf(page, 'Nightly build');
    for (const text of ['On the small machine', 'Active', 'Never used', /in 29 days|\d+ \w{3} \d{4}/]) await expect(row).toContainText(text);

    expect(await whoami(request, secret)).toBe(200);
    await visit(page, TOKENS);
    await expect(row).not.toContainText('Never used');

    await choose(page, 'Nightly build', 'Delete…');
    await expect(dialog(page)).toContainText('It was last used');
    await control(dialog(page), 'Delete').click();
    await expect(page.getByText('The token is deleted.')).toBeVisible();
    await expect(row).toHaveCount(0);
    expect(await whoami(request, secret)).toBe(401);
});

test('a form that is refused keeps what was typed', async ({ people, browserOf, visit }) => {
    const member = await joined(people, person('Ida', 'Rhodes', newAddress('ida')));
    await makeToken(people, member, 'Backup');
    const page = await browserOf(member);
    await visit(page, TOKENS);
    await control(page, 'Create Token').click();
    const name = dialog(page).getByLabel('Name', { exact: true });
    await expect(dialog(page).getByLabel('Expiration')).toHaveValue('one_month');
    await name.fill('backup');
    await dialog(page).getByLabel('Expiration').selectOption({ label: 'Never' });
    await dialog(page).getByLabel('Comment').fill('Every night');
    await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();
    await expectFault(name, /This name is taken/);
    await expect(name).toHaveValue('backup');
    await expect(dialog(page).getByLabel('Expiration')).toHaveValue('never');
    await expect(dialog(page).getByLabel('Comment')).toHaveValue('Every night');
});

test('whoever may only look sees their tokens, and who can create them', async ({ people, browserOf, visit }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    const member = await joined(people, ben, ['read', 'write']);
    await makeToken(people, member, 'Laptop');
    await people.act('/api/groups/remove_members', [['group', await people.groupId('write')], ['users[]', await people.idOf(ben.email)]]);
    const page = await browserOf(member);
    await visit(page, TOKENS);
    await expect(rowOf(page, 'Laptop')).toContainText('Active');
    await expect(page.getByLabel(/^Actions for Laptop/)).toHaveCount(0);
    const create = control(page, 'Create Token');
    await expect(create).toHaveAttribute('aria-disabled', 'true');
    await expect(create).toHaveAccessibleDescription('Only an Access Token Admin can create and delete tokens.');
    await visit(page, `${TOKENS}?dialog=create`);
    await expect(dialog(page)).toHaveCount(0);
});

test('an administrator sees the tokens of a person on their page, and deletes one', async ({ usher, people, browserOf, visit }) => {
    const joan = person('Joan', 'Clarke', newAddress('joan'));
    const member = await joined(people, joan);
    await makeToken(people, member, 'Laptop', [['comment', 'The grey one']]);
    await makeToken(people, member, 'Desk');
    await usher.mailbox.waitForSubjects(joan.email, 2);
    const page = await browserOf(people.admin);
    await visit(page, `/organization/users/${await people.idOf(joan.email)}`);
    const card = page.locator('#tokens');
    await expect(card.getByRole('listitem')).toHaveCount(2);
    await expect(card).toContainText('The grey one');
    await control(card, 'Delete Laptop').click();
    await expect(dialog(page)).toContainText('Joan Clarke gets a mail.');
    await control(dialog(page), 'Delete').click();
    await expect(page.getByText('The token is deleted.')).toBeVisible();
    await expect(card.getByRole('listitem')).toHaveCount(1);
    await expect(card).not.toContainText('Laptop');
    expect((await usher.mailbox.waitForMail(joan.email)).subject).toBe('Your access token Laptop was deleted');
});

test("everybody's tokens are searched, filtered and deleted", async ({ usher, people, browserOf, visit }) => {
    const [mary, rosa] = [person('Mary', 'Jackson', newAddress('mary')), person('Rózsa', 'Péter', newAddress('rozsa'))];
    const [marys, rosas] = [await joined(people, mary), await joined(people, rosa)];
    await makeToken(people, marys, 'Laptop of Mary');
    await makeToken(people, marys, 'Endless of Mary', [['expires', 'never']]);
    await makeToken(people, rosas, 'Endless of Rózsa', [['expires', 'never']]);
    await usher.mailbox.waitForSubjects(mary.email, 2);
    const page = await browserOf(people.admin);
    await visit(page, '/');
    await follow(page, 'Access tokens');
    for (const name of ['Laptop of Mary', 'Endless of Mary', 'Endless of Rózsa']) await expect(rowOf(page, name)).toBeVisible();

    await page.getByRole('searchbox', { name: 'Search by person' }).fill(mary.email);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await expect(page).toHaveURL(/[?&]q=/);
    await expect(page.getByText('2 tokens', { exact: true })).toBeVisible();
    await expect(rowOf(page, 'Endless of Rózsa')).toHaveCount(0);

    const kept = `${ALL_TOKENS}?q=${encodeURIComponent(mary.email)}`;
    await visit(page, `${kept}&show=endless`);
    await expect(page.getByText('1 token', { exact: true })).toBeVisible();
    await expect(page.getByLabel('Show', { exact: true })).toHaveValue('endless');
    const row = rowOf(page, 'Endless of Mary');
    await expect(row.getByRole('link', { name: nameOf(mary) })).toHaveAttribute('href', `/organization/users/${await people.idOf(mary.email)}`);
    await choose(page, 'Endless of Mary', 'Delete…');
    await expect(dialog(page)).toContainText('Mary Jackson gets a mail.');
    await control(dialog(page), 'Delete').click();
    await expect(page.getByText('The token is deleted.')).toBeVisible();
    // The list is as it was.
    await expect(page).toHaveURL(/show=endless/);
    await expect(page.getByRole('heading', { name: 'No token matches' })).toBeVisible();
    expect((await usher.mailbox.waitForMail(mary.email)).subject).toBe('Your access token Endless of Mary was deleted');
    await control(page, 'Clear filters').click();
    await expect(rowOf(page, 'Laptop of Mary')).toBeVisible();
    await visit(page, `${kept}&show=idle`);
    await expect(page.getByRole('heading', { name: 'No token matches' })).toBeVisible();
});

test('whoever comes too late to a token is told that it is gone', async ({ people, browserOf, visit }) => {
    const member = await joined(people, person('Emmy', 'Noether', newAddress('emmy')));
    const id = await makeToken(people, member, 'Ring');
    const page = await browserOf(member);
    await visit(page, `${TOKENS}?dialog=delete&token=${id}`);
    await people.actAs(member, '/api/tokens/delete', [['token', id]]);
    await control(dialog(page), 'Delete').click();
    await visit(page, `${TOKENS}?dialog=delete&token=${id}`);
    await expect(page.getByRole('heading', { name: 'This token is gone' })).toBeVisible();
    await control(dialog(page), 'Close').click();
    await expect(page.getByRole('heading', { name: 'No tokens yet' })).toBeVisible();
});

test('a deactivation says which tokens stop, and they work again with the account', async ({ people, browserOf, visit, request }) => {
    const edith = person('Edith', 'Clarke', newAddress('edith'));
    const theirs = await browserOf(await joined(people, edith));
    await visit(theirs, TOKENS);
    const secret = await createToken(theirs, 'Grid', 'Never');
    const page = await browserOf(people.admin);
    await visit(page, `/organization/users?q=${edith.email}`);
    await choose(page, edith.email, 'Deactivate…');
    await expect(dialog(page)).toContainText('1 access token stops working. It works again if you reactivate the account.');
    await expect(dialog(page).getByLabel('Delete their access tokens')).not.toBeChecked();
    await control(dialog(page), 'Deactivate').click();
    await expect(page.getByText('The account is deactivated.')).toBeVisible();
    expect(await whoami(request, secret)).toBe(401);
    await visit(page, `${ALL_TOKENS}?q=${edith.email}`);
    await expect(rowOf(page, 'Grid')).toContainText('Stopped');
    await people.reactivate(edith.email);
    expect(await whoami(request, secret)).toBe(200);
});

test('a deactivation deletes the tokens where that is ticked, and the tick stays when it is refused', async ({ people, browserOf, visit, request }) => {
    const hedy = person('Hedwig', 'Kiesler', newAddress('hedwig'));
    const theirs = await browserOf(await joined(people, hedy));
    await visit(theirs, TOKENS);
    const secret = await createToken(theirs, 'Radio');
    const page = await browserOf(people.admin);
    await visit(page, `/organization/users?q=${hedy.email}`);
    await choose(page, hedy.email, 'Deactivate…');
    const box = dialog(page).getByLabel('Delete their access tokens');
    const reason = dialog(page).getByLabel('Reason');
    await box.check();
    await reason.fill('x'.repeat(1_000));
    await control(dialog(page), 'Deactivate').click();
    await expectFault(reason, /Use at most/);
    await expect(box).toBeChecked();
    await reason.fill('Left the company');
    await control(dialog(page), 'Deactivate').click();
    await expect(page.getByText('The account is deactivated.')).toBeVisible();
    await people.reactivate(hedy.email);
    expect(await whoami(request, secret)).toBe(401);
    await visit(page, `${ALL_TOKENS}?q=${hedy.email}`);
    await expect(page.getByRole('heading', { name: 'No token matches' })).toBeVisible();
});

for (const address of [TOKENS, ALL_TOKENS]) {
    test(`whoever has no roles is told who can help at ${address}`, async ({ people, browserOf, visit }) => {
        const page = await browserOf(await joined(people, person('Ada', 'Yonath', newAddress('ada')), []));
        const response = await visit(page, address);
        expect(response?.status()).toBe(403);
        await expect(page.getByRole('main').getByText(nameOf(ADA))).toBeVisible();
        await expect(page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: /tokens$/i })).toHaveCount(0);
    });
}

const impatient = testOfNewConsole.extend({ settings: { USHER_PROOF_LIFETIME: '4s' } });

impatient('a sign-in that lies back asks for the password before there is a token', async ({ usher, browserOf, visit }) => {
    const people = new People(usher);
    const page = await browserOf(await people.setUp());
    const password = dialog(page).getByLabel('Your password', { exact: true });
    await expect(async () => {
        await visit(page, `${TOKENS}?dialog=create`);
        await expect(password).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 20_000 });
    const name = dialog(page).getByLabel('Name', { exact: true });
    const create = dialog(page).getByRole('button', { name: 'Create', exact: true });
    await name.fill('Script');
    await create.click();
    await expectFault(password, /Enter your password to go on/);
    await password.fill('not the right one');
    await create.click();
    await expectFault(password, /not your password/);
    await expect(name).toHaveValue('Script');
    await password.fill(ADA.password);
    await create.click();
    await expect(page.getByRole('heading', { name: 'Keep the token Script' })).toBeVisible();
});

test('Esc does not throw a secret away', async ({ people, browserOf, visit }) => {
    const page = await browserOf(await joined(people, person('Kathleen', 'Booth', newAddress('kathleen'))));
    await visit(page, TOKENS);
    const secret = await createToken(page, 'Assembler');
    await page.keyboard.press('Escape');
    await expect(page.getByText(secret)).toBeVisible();
    await control(dialog(page), 'I have kept it').click();
    await expect(page).toHaveURL(/\/tokens$/);
    await expect(rowOf(page, 'Assembler')).toBeVisible();
});
