// What people come to hold: by the built-in groups, and by what the first administrator gives them.

import { box, CREATE, expectSaved, find, newName, POLICIES, row, rule, save, test } from './support/editor.ts';
import { card, control, rowOf } from './support/page.ts';
import { fillInvite, GROUPS, nameOf, newAddress, person, type Group } from './support/people.ts';
import { expect } from './support/test.ts';

test.use({ crowd: 'access' });

/** As the manual of the platform lists them; not as the program has them. */
const ROLES: Record<Group, string[]> = {
    admin: ['Access Request Approver', 'Access Token Admin', 'CKS Admin', 'IAM Admin', 'Object Storage Admin'],
    write: ['Access Token Admin', 'CKS Admin', 'Object Storage Admin'],
    read: ['Access Token Viewer', 'CKS Viewer', 'IAM Viewer'],
    metrics: ['Observability Viewer'],
    billing_viewer: ['Billing Viewer'],
};

test('The first administrator can assign admin roles to other users by creating new access policies', async ({
    page,
    people,
    browserOf,
    visit,
    again,
}) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    const member = await people.join(ben);
    const theirs = await browserOf(member);
    await visit(theirs, '/account/settings');
    await expect(theirs.getByRole('heading', { name: 'No roles' })).toBeVisible();

    const name = newName();
    await visit(page, CREATE);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await find(page, again, ben.email);
    await box(page, 1, 'Users', nameOf(ben)).check();
    await box(page, 1, 'Roles', 'IAM Admin').check();
    await box(page, 1, 'Roles', 'CKS Admin').check();
    await save(page).click();
    const changes = page.getByRole('region', { name: 'What changes' });
    await expect(changes).toContainText('Ben Babbage gains IAM Admin');
    await again(page);
    await changes.getByRole('button', { name: 'Save and make IAM Admin', exact: true }).click();
    await expectSaved(page);

    await visit(theirs, '/account/settings');
    const roles = card(theirs, 'Your roles');
    const chain = new RegExp(`^\\s*${name}\\s*→\\s*Rule 1\\s*→\\s*named directly\\s*$`);
    for (const role of ['IAM Admin', 'CKS Admin']) {
        const held = roles.locator('li.role').filter({ has: theirs.getByRole('heading', { name: role, exact: true }) });
        await expect(held.locator('li.chain')).toHaveText([chain]);
    }
    await expect(roles.getByRole('heading', { level: 3 })).toHaveCount(2);

    const invited = newAddress('invited');
    await visit(theirs, '/organization/users');
    await expect(control(theirs, 'Invite User')).not.toHaveAttribute('aria-disabled');
    await fillInvite(theirs, invited, []);
    await expect(rowOf(theirs, invited)).toContainText('Invited');
});

test('whoever joins a built-in group holds the roles of the manual and no other', async ({ page, people, browserOf, visit }) => {
    for (const group of GROUPS) {
        const member = await people.join(person('Grace', 'Hopper', newAddress(group)), [group]);
        const theirs = await browserOf(member);
        await visit(theirs, '/account/settings');
        const roles = card(theirs, 'Your roles').getByRole('heading', { level: 3 });
        await expect(roles).toHaveCount(ROLES[group].length);
        expect((await roles.allTextContents()).sort(), group).toEqual(ROLES[group]);
        await theirs.context().close();
    }
    await visit(page, `${POLICIES}?q=default`);
    const policies = page.getByRole('listitem').filter({ has: page.getByText('Default', { exact: true }) });
    await expect(policies).toHaveCount(5);
    for (const group of GROUPS) {
        const policy = row(page, `Default ${group.replace('_', ' ')}`);
        await policy.locator('summary').first().click();
        for (const role of ROLES[group]) await expect(policy.getByText(role, { exact: true }).first()).toBeVisible();
    }
});

test('three rules give three roles to three groups', async ({ page, visit, again }) => {
    const name = newName();
    const rules = [
        ['metrics', 'CKS Viewer'],
        ['billing_viewer', 'Support Viewer'],
        ['read', 'Notifications Viewer'],
    ] as const;
    await visit(page, CREATE);
    await page.getByLabel('Name', { exact: true }).fill(name);
    for (const [n, [group, role]] of rules.entries()) {
        if (n > 0) {
            await control(page, 'Add Rule').click();
            await expect(rule(page, n + 1)).toBeVisible();
            await again(page);
        }
        await box(page, n + 1, 'Groups', group).check();
        await box(page, n + 1, 'Roles', role).check();
    }
    await save(page).click();
    await expectSaved(page);
    await row(page, name).locator('summary').first().click();
    await expect(row(page, name)).toContainText('3 rules');
    for (const [n, [group, role]] of rules.entries()) {
        const shown = row(page, name).locator('.policy-rule').nth(n);
        await expect(shown).toContainText(group);
        await expect(shown).toContainText(role);
    }
});
