// Access policies: the list and the editor, with and without scripts.

import { box, create, CREATE, edit, expectSaved, find, newName, POLICIES, row, rule, save, test } from './support/editor.ts';
import { control, dialog, expectFault, follow } from './support/page.ts';
import { nameOf, newAddress, person } from './support/people.ts';
import { expect } from './support/test.ts';

test.use({ crowd: 'policies' });

test('a policy of two rules is made, saved with one press, and changed', async ({ page, visit, again }) => {
    const name = newName();
    await visit(page, '/');
    await follow(page, 'Access policies');
    await control(page, 'Create Policy').click();
    await expect(page.getByRole('heading', { name: 'Create Policy' })).toBeVisible();
    await again(page);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Description').fill('Runs the clusters');
    await box(page, 1, 'Groups', 'metrics').check();
    await box(page, 1, 'Roles', 'CKS Viewer').check();
    await control(page, 'Add Rule').click();
    await expect(rule(page, 2)).toBeVisible();
    await again(page);
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name);
    await expect(box(page, 1, 'Roles', 'CKS Viewer')).toBeChecked();
    await box(page, 2, 'Groups', 'billing_viewer').check();
    await box(page, 2, 'Roles', 'Support Viewer').check();
    await rule(page, 2).getByLabel('Ends (UTC)').fill('2099-12-31T18:30');
    await save(page).click();
    await expectSaved(page);

    await row(page, name).locator('summary').first().click();
    await expect(row(page, name)).toContainText('2 rules');
    await expect(row(page, name)).toContainText('Runs the clusters');
    await expect(row(page, name).getByText('Support Viewer')).toBeVisible();
    await expect(row(page, name)).toContainText('ends 31 Dec 2099');

    await edit(page, name);
    await again(page);
    await expect(rule(page, 2).getByLabel('Ends (UTC)')).toHaveValue('2099-12-31T18:30');
    await rule(page, 1).getByRole('button', { name: 'Remove rule' }).click();
    await expect(rule(page, 2)).toHaveCount(0);
    await again(page);
    await expect(box(page, 1, 'Roles', 'Support Viewer')).toBeChecked();
    await save(page).click();
    await expectSaved(page);
    await expect(row(page, name)).toContainText('1 rule');
});

test('what is wrong is said at its field, and nothing typed is lost', async ({ page, visit, again }) => {
    const name = newName();
    await create(page, name);
    await visit(page, CREATE);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await box(page, 1, 'Groups', 'metrics').check();
    await save(page).click();
    await expect(page.getByRole('alert')).toContainText('Rule 1 has no role. Choose one or more.');
    await again(page);
    await expect(box(page, 1, 'Groups', 'metrics')).toBeChecked();
    await expect(rule(page, 1).getByRole('group', { name: 'Roles' })).toHaveAccessibleDescription(/Rule 1 has no role/);
    await box(page, 1, 'Roles', 'CKS Viewer').check();
    await save(page).click();
    await again(page);
    await expectFault(page.getByLabel('Name', { exact: true }), 'This name is taken. Choose another one.');
    await page.getByLabel('Name', { exact: true }).fill(newName());
    await save(page).click();
    await expectSaved(page);
});

test('two editors of one policy: the second one sees both and decides', async ({ page, people, browserOf, again }) => {
    const name = newName();
    await create(page, name);
    await edit(page, name);
    const other = await browserOf(people.admin);
    await edit(other, name);
    await again(other);
    await other.getByLabel('Description').fill('Theirs');
    await save(other).click();
    await expectSaved(other);

    await again(page);
    await page.getByLabel('Description').fill('Mine');
    await save(page).click();
    const conflict = page.getByRole('region', { name: 'Somebody else has saved this policy' });
    await expect(conflict).toContainText('Theirs');
    await expect(conflict).toContainText('Mine');
    await expect(conflict.getByRole('link', { name: 'Take theirs' })).toHaveAttribute('href', /\/edit$/);
    await again(page);
    await conflict.getByRole('button', { name: 'Keep mine' }).click();
    await expectSaved(page);
    await expect(row(page, name)).toContainText('Mine');
});

test('making somebody an IAM Admin wants a second yes', async ({ page, people, visit, again }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    await people.join(ben);
    await visit(page, CREATE);
    await page.getByLabel('Name', { exact: true }).fill(newName());
    await find(page, again, ben.email);
    await box(page, 1, 'Users', nameOf(ben)).check();
    await box(page, 1, 'Roles', 'IAM Admin').check();
    await control(page, 'Preview').click();
    const changes = page.getByRole('region', { name: 'What changes' });
    await expect(changes).toContainText('Ben Babbage gains IAM Admin');
    await again(page);
    await expect(save(page)).toHaveCount(0);
    await changes.getByRole('button', { name: 'Save and make IAM Admin', exact: true }).click();
    await expectSaved(page);
});

test('people are found while typing, and who is chosen stays', async ({ page, people, visit, javaScriptEnabled }) => {
    if (javaScriptEnabled === false) {
        // Nothing asks while somebody types: the button does, see above.
        await visit(page, CREATE);
        await expect(rule(page, 1).getByRole('button', { name: 'Find', exact: true }).first()).toBeVisible();
        return;
    }
    const [ben, grace] = [
        person('Ben', 'Babbage', newAddress('found')),
        person('Grace', 'Hopper', newAddress('found')),
    ];
    await people.join(ben);
    await people.join(grace);
    await visit(page, CREATE);
    const users = rule(page, 1).getByRole('group', { name: 'Users' });
    await users.getByRole('searchbox').pressSequentially(ben.email);
    await expect(users.getByRole('checkbox')).toHaveCount(1);
    await users.getByRole('checkbox').check();
    await users.getByRole('searchbox').fill(grace.email);
    await expect(users.getByRole('checkbox')).toHaveCount(2);
    await expect(users.getByRole('checkbox', { name: /^Ben Babbage/ })).toBeChecked();
    await users.getByRole('searchbox').fill('nobody is called that');
    await expect(users.getByRole('checkbox')).toHaveCount(1);
    // The chip takes the choice back; then there is nobody.
    await users.getByRole('button', { name: 'Remove Ben Babbage' }).click();
    await expect(users.getByRole('checkbox')).not.toBeChecked();
    await users.getByRole('searchbox').press('Enter');
    await expect(users).toContainText('No users found.');
    await expect(page).toHaveURL(/\/create$/);
});

test('of a default policy only the people can be changed', async ({ page, visit, again }) => {
    await visit(page, `${POLICIES}?q=metrics`);
    const policy = page.getByRole('listitem').filter({ hasText: 'Default' }).first();
    await policy.getByLabel(/^Actions for /).click();
    await expect(control(policy, 'Delete')).toHaveCount(0);
    await control(policy, 'Edit').click();
    await expect(rule(page, 1)).toBeVisible();
    await again(page);
    await expect(page.getByLabel('Name', { exact: true })).toHaveCount(0);
    await expect(control(page, 'Add Rule')).toHaveCount(0);
    await expect(rule(page, 1).getByRole('group', { name: 'Roles' })).toHaveCount(0);
    await expect(rule(page, 1)).toContainText('Observability Viewer');
    await box(page, 1, 'Groups', 'billing_viewer').check();
    await save(page).click();
    await expectSaved(page);
});

test('a policy is deleted after a look at what that takes', async ({ page, people, visit }) => {
    const name = newName();
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    await people.join(ben, ['metrics']);
    await create(page, name, 'Support Viewer');
    await visit(page, `${POLICIES}?q=${encodeURIComponent(name)}`);
    await row(page, name).getByLabel(`Actions for ${name}`).click();
    await control(row(page, name), 'Delete').click();
    await expect(dialog(page)).toContainText(`Delete ${name}?`);
    await expect(dialog(page)).toContainText('Support Viewer');
    await dialog(page).getByRole('button', { name: 'Delete policy', exact: true }).click();
    await expect(page.getByText('The policy is deleted. What it gave has stopped.')).toBeVisible();
    await expect(page.getByText('No policy matches')).toBeVisible();
});

test('the list is searched by its address', async ({ page, visit }) => {
    const name = newName();
    await create(page, name);
    await visit(page, POLICIES);
    await page.getByLabel('Search by name').fill(name);
    await control(page, 'Search').click();
    await expect(page).toHaveURL(/\?q=Policy/);
    await expect(page.getByText('1 policy', { exact: true })).toBeVisible();
    await expect(row(page, name)).toBeVisible();
});
