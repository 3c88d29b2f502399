// Nothing that was typed is ever lost, secrets aside. What each form keeps when it is refused is tested beside the form;
// here is what can come between.

import { control, dialog, rowOf, signIn } from './support/page.ts';
import { ADA, groupBox, newAddress, PASSWORD } from './support/people.ts';
import { expect, test } from './support/test.ts';

const USERS = '/organization/users';

test('a form outlives the session in which it was typed, and a mistyped password', async ({
    people,
    browserOf,
    visit,
    javaScriptEnabled,
}) => {
    const email = newAddress();
    const page = await browserOf(people.admin);
    await visit(page, `${USERS}?q=example`);
    await control(page, 'Invite User').click();
    await dialog(page).getByLabel('Email').fill(email);
    await groupBox(page, 'read').check();
    const session = await page.context().cookies();
    await page.context().clearCookies({ name: 'usher' });
    await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
    if (javaScriptEnabled === false) {
        await expect(page).toHaveURL(/\/sign-in\?next=/);
        await signIn(page, ADA.email, 'nine owls repair my piano');
        await expect(page.getByRole('alert')).toBeVisible();
        await signIn(page, ADA.email, PASSWORD);
        await expect(page).toHaveURL(/\/organization\/users\?q=example$/);
    } else {
        await expect(dialog(page)).toContainText('You were signed out meanwhile. What you typed is still here');
        // Signed in again in another tab.
        await page.context().addCookies(session);
    }
    await expect(dialog(page).getByLabel('Email')).toHaveValue(email);
    await expect(groupBox(page, 'read')).toBeChecked();
    await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
    await expect(rowOf(page, email)).toContainText('Invited');
});
