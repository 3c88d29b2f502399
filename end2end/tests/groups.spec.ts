// Groups and their members, roles, and why somebody holds one.

import { choose, control, dialog, follow, rowOf } from './support/page.ts';
import { newAddress, person, type Group, type Member } from './support/people.ts';
import { expect, test } from './support/test.ts';
import type { Locator, Page } from '@playwright/test';

test.use({ crowd: 'groups' });

const GROUPS = '/organization/users/groups';

let names = 0;

/** A name that no group in this worker has. */
function newName(word: string): string {
    names += 1;
    return `${word} ${names}`;
}

async function createGroup(page: Page, name: string, description = ''): Promise<void> {
    await control(page, 'Create Group').click();
    await dialog(page).getByLabel('Name').fill(name);
    await dialog(page).getByLabel('Description').fill(description);
    await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

/** The box of a person in the choice of new members, found by their address. */
async function find(page: Page, email: string): Promise<Locator> {
    await page.getByRole('searchbox', { name: 'Find people' }).fill(email);
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    return page.getByRole('group', { name: 'People' }).getByRole('checkbox', { name: new RegExp(email) });
}

async function openGroup(page: Page, name: string): Promise<void> {
    await page.getByRole('searchbox', { name: 'Search by name' }).fill(name);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

test('a group is made, filled, renamed, emptied and deleted', async ({ people, browserOf, visit }) => {
    const [ben, eve] = [person('Ben', 'Babbage', newAddress('ben')), person('Eva', 'Crane', newAddress('eva'))];
    await people.join(ben);
    await people.join(eve);
    const page = await browserOf(people.admin);
    await visit(page, '/organization/users');
    await page.getByRole('navigation', { name: 'People' }).getByRole('link', { name: 'Groups' }).click();
    const name = newName('Night shift');
    await createGroup(page, name, 'They look after what runs at night.');
    await expect(page.getByText('The group is there.')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'No members yet' })).toBeVisible();

    // Two people, one after the other: the first stays chosen.
    await control(page, 'Add members').click();
    await (await find(page, ben.email)).check();
    await (await find(page, eve.email)).check();
    await expect(page.getByRole('checkbox', { name: new RegExp(ben.email) })).toBeChecked();
    await page.getByLabel('Ends (UTC)').fill('2099-12-31T12:00');
    await control(page, 'Preview').click();
    await expect(page.getByText('Nobody gains or loses a role.')).toBeVisible();
    await expect(page.getByLabel('Ends (UTC)')).toHaveValue('2099-12-31T12:00');
    await control(page, 'Add').click();
    await expect(page.getByText('They are members now.')).toBeVisible();
    await expect(rowOf(page, ben.email)).toContainText('31 Dec 2099');
    await expect(rowOf(page, eve.email)).toContainText('31 Dec 2099');

    await control(page, 'Rename').click();
    const renamed = newName('Day shift');
    await dialog(page).getByLabel('Name').fill(renamed);
    await dialog(page).getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('heading', { name: renamed, level: 1 })).toBeVisible();

    await choose(page, ben.email, 'Remove');
    await expect(dialog(page)).toContainText('Nobody gains or loses a role.');
    await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(page.getByText('They are no longer members.')).toBeVisible();
    await expect(rowOf(page, ben.email)).toHaveCount(0);
    await expect(rowOf(page, eve.email)).toHaveCount(1);

    await control(page, 'Delete').click();
    await expect(dialog(page)).toContainText(`Delete ${renamed}?`);
    await dialog(page).getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(page.getByText('The group is deleted.')).toBeVisible();
    await expect(page.getByRole('link', { name: renamed, exact: true })).toHaveCount(0);
});

test('a name that is taken is refused at its field and stays', async ({ people, browserOf, visit }) => {
    const page = await browserOf(people.admin);
    await visit(page, GROUPS);
    await control(page, 'Create Group').click();
    await dialog(page).getByLabel('Name').fill('Metrics');
    await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();
    await expect(dialog(page).getByLabel('Name')).toHaveAccessibleDescription(/This name is taken/);
    await expect(dialog(page).getByLabel('Name')).toHaveValue('Metrics');
});

test('whoever renames a group that was renamed meanwhile is told so', async ({ people, browserOf, visit }) => {
    const [first, second] = [await browserOf(people.admin), await browserOf(people.admin)];
    await visit(first, GROUPS);
    const name = newName('Team');
    await createGroup(first, name);
    await control(first, 'Rename').click();
    await visit(second, first.url());
    for (const [page, word] of [[first, 'Crew'], [second, 'Gang']] as const) {
        await dialog(page).getByLabel('Name').fill(`${word} of ${name}`);
        await dialog(page).getByRole('button', { name: 'Save', exact: true }).click();
    }
    await expect(first.getByText('The group is saved.')).toBeVisible();
    await expect(dialog(second)).toContainText('Somebody else has changed this since you opened it.');
    await expect(dialog(second)).toContainText(`It is now called “Crew of ${name}”, without a description. Save again to replace that.`);
    await expect(dialog(second).getByLabel('Name')).toHaveValue(`Gang of ${name}`);
    await dialog(second).getByRole('button', { name: 'Save', exact: true }).click();
    await expect(second.getByText('The group is saved.')).toBeVisible();
    await expect(second.getByRole('heading', { name: `Gang of ${name}`, level: 1 })).toBeVisible();
});

test('built-in groups are neither renamed nor deleted, and say so', async ({ people, browserOf, visit }) => {
    const page = await browserOf(people.admin);
    await visit(page, GROUPS);
    await openGroup(page, 'admin');
    for (const label of ['Rename', 'Delete']) {
        await expect(control(page, label)).toHaveAttribute('aria-disabled', 'true');
        await expect(control(page, label)).toHaveAccessibleDescription(/^Built-in groups/);
    }
});

test('to make somebody an administrator is confirmed', async ({ people, browserOf, visit }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    const member = await people.join(ben);
    const page = await browserOf(people.admin);
    await visit(page, GROUPS);
    await openGroup(page, 'admin');
    await control(page, 'Add members').click();
    await (await find(page, ben.email)).check();
    await control(page, 'Add').click();
    await expect(page.getByText('An IAM Admin can give any role to anybody.')).toBeVisible();
    await expect(page.getByText(/gains IAM Admin/)).toBeVisible();
    await control(page, 'Confirm and add').click();
    await expect(page.getByText('They are members now.')).toBeVisible();
    const theirs = await browserOf(member);
    await visit(theirs, GROUPS);
    await expect(control(theirs, 'Create Group')).not.toHaveAttribute('aria-disabled');
});

test('a person and a role say why somebody holds it', async ({ people, browserOf, visit }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    const member = await people.join(ben, ['metrics']);
    const page = await browserOf(people.admin);
    await visit(page, `/organization/users?q=${ben.email}`);
    await page.getByRole('link', { name: 'Ben Babbage' }).click();
    await expect(page.getByRole('heading', { name: 'Ben Babbage', level: 1 })).toBeVisible();
    const chain = /Default metrics\s*→\s*Rule 1\s*→\s*metrics/;
    await expect(page.getByRole('listitem').filter({ hasText: chain }).first()).toBeVisible();
    await page.getByText('Allows 3 actions').click();
    await expect(page.getByText('dashboards.view')).toBeVisible();

    await page.getByRole('link', { name: 'Observability Viewer' }).click();
    await expect(page.getByRole('heading', { name: 'Observability Viewer', level: 1 })).toBeVisible();
    await expect(rowOf(page, ben.email)).toContainText(chain);
    await follow(page, 'Roles');
    await expect(page.getByRole('heading', { name: 'Roles', level: 1 })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Support Viewer' })).toBeVisible();

    // Everybody sees their own, without a way to what is not theirs to see.
    const theirs = await browserOf(member);
    await visit(theirs, '/account/settings');
    await expect(theirs.getByRole('listitem').filter({ hasText: chain }).first()).toBeVisible();
    await expect(theirs.getByRole('link', { name: 'Default metrics' })).toHaveCount(0);
});

const lesser: [string, Group[]][] = [['whoever only sees groups', ['read']], ['whoever may not see groups', []]];
for (const [who, groups] of lesser) {
    test(`${who} is told who can help`, async ({ people, browserOf, visit }) => {
        const member: Member = await people.join(person('Grace', 'Hopper', newAddress('grace')), groups);
        const page = await browserOf(member);
        const response = await visit(page, GROUPS);
        if (groups.length > 0) {
            await expect(control(page, 'Create Group')).toHaveAccessibleDescription('Only an IAM Admin can create groups.');
        } else {
            expect(response?.status()).toBe(403);
            await expect(page.getByText(/needs the role IAM Viewer or IAM Admin/)).toBeVisible();
            await expect(page.getByRole('main').getByText('Ada Lovelace')).toBeVisible();
        }
    });
}

test('the dialog of a deactivation says which roles are lost', async ({ people, browserOf, visit }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    await people.join(ben, ['billing_viewer']);
    // Whoever is the only administrator is told that this can't be done instead.
    await people.join(person('Carla', 'Clement', newAddress('carla')), ['admin']);
    const page = await browserOf(people.admin);
    await visit(page, `/organization/users?q=${ben.email}`);
    await choose(page, ben.email, 'Deactivate…');
    await expect(dialog(page)).toContainText('Ben Babbage loses Billing Viewer');
    await visit(page, `/organization/users?q=${people.admin.email}`);
    await choose(page, people.admin.email, 'Deactivate…');
    await expect(dialog(page)).toContainText('You lose IAM Admin yourself.');
});
