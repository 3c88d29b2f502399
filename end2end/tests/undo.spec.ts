// A deactivation with a reason, and Undo right after.

import { choose, dialog, expectFault, rowOf } from './support/page.ts';
import { newAddress, person } from './support/people.ts';
import { expect, test } from './support/test.ts';

test('a deactivation is undone right after it, and that again', async ({ people, browserOf, visit }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    const member = await people.join(ben, ['read']);
    const page = await browserOf(people.admin);
    await visit(page, '/organization/users');
    await choose(page, ben.email, 'Deactivate…');
    await dialog(page).getByLabel('Reason').fill('Left the company');
    await dialog(page).getByRole('button', { name: 'Deactivate', exact: true }).click();
    const row = rowOf(page, ben.email);
    await expect(row).toContainText('Deactivated just now: Left the company');

    const undo = page.getByRole('button', { name: 'Undo', exact: true });
    await undo.click();
    await expect(row).toContainText('Active');
    await expect(page.getByText('Its sessions stay ended')).toBeVisible();
    const theirs = await browserOf(member);
    await theirs.goto('/');
    await expect(theirs).toHaveURL(/\/sign-in/);

    await undo.click();
    await expect(row).toContainText('Deactivated just now: Left the company');
    // It is offered once: somebody may have decided otherwise since.
    await page.reload();
    await expect(row).toContainText('Left the company');
    await expect(undo).toHaveCount(0);
});

test('an undo is refused once somebody else has decided, and leads to what they decided', async ({
    people,
    browserOf,
    visit,
    javaScriptEnabled,
}) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    await people.join(ben);
    const page = await browserOf(people.admin);
    await visit(page, '/organization/users');
    await choose(page, ben.email, 'Deactivate…');
    await dialog(page).getByLabel('Reason').fill('Left the company');
    await dialog(page).getByRole('button', { name: 'Deactivate', exact: true }).click();
    const undo = page.getByRole('button', { name: 'Undo', exact: true });
    await expect(undo).toBeVisible();
    await people.reactivate(ben.email);
    await people.deactivate(ben.email, 'Stolen laptop');

    await undo.click();
    await expect(page.getByText('Somebody has changed this account since')).toBeVisible();
    // Without scripts the answer is the new page already; the link is there in both.
    if (javaScriptEnabled !== false) await page.getByRole('link', { name: 'Show it' }).click();
    await expect(rowOf(page, ben.email)).toContainText('Stolen laptop');
});

test('a reason that is too long is refused at its field and stays', async ({ people, browserOf, visit }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    await people.join(ben);
    const page = await browserOf(people.admin);
    await visit(page, '/organization/users');
    await choose(page, ben.email, 'Deactivate…');
    const reason = dialog(page).getByLabel('Reason');
    const long = 'It takes a while to explain. '.repeat(8).trim();
    await reason.fill(long);
    await dialog(page).getByRole('button', { name: 'Deactivate', exact: true }).click();
    await expectFault(reason, /Use at most 200 characters\./);
    await expect(reason).toHaveValue(long);
    await reason.fill('');
    await dialog(page).getByRole('button', { name: 'Deactivate', exact: true }).click();
    await expect(rowOf(page, ben.email)).toContainText('Deactivated just now');
});

test('who cancels an invitation is offered no Undo: its link stays dead', async ({ people, browserOf, visit }) => {
    const email = newAddress();
    await people.send(email);
    const page = await browserOf(people.admin);
    await visit(page, '/organization/users');
    await choose(page, email, 'Cancel invitation');
    await dialog(page).getByRole('button', { name: 'Cancel invitation', exact: true }).click();
    await expect(page.getByText('The invitation is cancelled.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0);
});
