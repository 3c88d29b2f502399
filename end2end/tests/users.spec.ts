import { readFile } from 'node:fs/promises';
import { invitationLink } from './support/mailbox.ts';
import { choose, control, dialog, expectFault, rowOf } from './support/page.ts';
import { ADA, fillInvitation, fillInvite, groupBox, nameOf, newAddress, ORGANIZATION, People, person } from './support/people.ts';
import { expect, test as shared, testOfNewConsole } from './support/test.ts';
import type { Locator, Page } from '@playwright/test';

const USERS = '/organization/users';

/** `page` is the administrator's, on the list of people. */
const test = shared.extend<{ stranger: (address: string) => Promise<Page> }>({
    page: async ({ people, browserOf, visit }, use) => {
        const page = await browserOf(people.admin);
        await visit(page, USERS);
        await use(page);
    },
    stranger: async ({ browserOf }, use) => {
        await use(async (address) => {
            const page = await browserOf();
            await page.goto(address);
            return page;
        });
    },
});

function createAccount(page: Page): Locator {
    return page.getByRole('button', { name: 'Create account', exact: true });
}

async function expectClosed(page: Page, sentence: string): Promise<void> {
    await expect(page.getByText(sentence).first()).toBeVisible();
    await expect(createAccount(page)).toHaveCount(0);
}

test('the filtered list can be taken away as a file', async ({ page, people, visit }) => {
    const email = newAddress('csv');
    await people.invite(email);
    await visit(page, `${USERS}?q=${encodeURIComponent(email)}`);
    const [download] = await Promise.all([page.waitForEvent('download'), control(page, 'Download CSV').click()]);
    expect(download.suggestedFilename()).toMatch(/^users-[0-9a-f]{6}-\d{4}-\d\d-\d\d\.csv$/);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(email);
});

test('an invitation that is sent again has a new link, and the old one says so', async ({
    page,
    people,
    usher,
    stranger,
}) => {
    const email = newAddress();
    const old = await people.invite(email);
    await page.reload();
    await choose(page, email, 'Resend');
    await expect(page.getByRole('status').filter({ hasText: 'on its way' }).first()).toBeVisible();
    const latest = invitationLink(await usher.mailbox.waitForMail(email));
    expect(latest).not.toBe(old);
    await expectClosed(await stranger(old), 'A newer invitation was sent. Use the link in the latest mail.');
    await expect(createAccount(await stranger(latest))).toBeVisible();
});

test('a copied link is fresh, and the mailed one goes on working', async ({ page, people, stranger, usher }) => {
    const email = newAddress();
    const mailed = await people.invite(email);
    await page.reload();
    await choose(page, email, 'Copy link');
    const copied = await shownLink(page, usher.url);
    expect(copied).not.toBe(mailed);
    for (const link of [copied, mailed]) await expect(createAccount(await stranger(link))).toBeVisible();
});

/** The link that the page shows, in a field or as text. */
async function shownLink(page: Page, url: string): Promise<string> {
    const field = dialog(page).getByRole('textbox');
    const text = dialog(page).getByText(`${url}/invitations/`);
    await expect(field.or(text).first()).toBeVisible();
    const shown = (await field.count()) > 0 ? await field.first().inputValue() : await text.first().innerText();
    const link = shown.trim();
    expect(link).toMatch(/\/invitations\/[\w-]+$/);
    return link;
}

test('the groups of an invitation can be changed until it is accepted, and then they count', async ({
    page,
    people,
    visit,
}) => {
    const invited = person('Katherine', 'Johnson', newAddress('katherine'));
    const link = await people.invite(invited.email, ['read']);
    await page.reload();
    await choose(page, invited.email, 'Edit groups');
    await expect(groupBox(page, 'read')).toBeChecked();
    await groupBox(page, 'read').uncheck();
    await groupBox(page, 'billing_viewer').check();
    await dialog(page).getByRole('button', { name: 'Save', exact: true }).click();
    const row = rowOf(page, invited.email);
    await expect(row).toContainText('billing_viewer');
    await people.accept(link, invited);
    await visit(page, USERS);
    await expect(row).toContainText('Active');
    await expect(row).toContainText('billing_viewer');
    await expect(row.getByText('read', { exact: true })).toHaveCount(0);
});

test('a cancelled invitation leaves the list, and its link says so', async ({ page, people, stranger }) => {
    const email = newAddress();
    const link = await people.invite(email);
    await page.reload();
    await choose(page, email, 'Cancel invitation');
    const confirm = dialog(page).getByRole('button', { name: 'Cancel invitation', exact: true });
    await confirm.click();
    await expect(page.getByRole('status').filter({ hasText: /cancelled/i }).first()).toBeVisible();
    await expect(rowOf(page, email)).toHaveCount(0);
    await expectClosed(await stranger(link), 'This invitation was cancelled.');
    // The address is free again.
    await people.invite(email);
});

test('an accepted link says that it was used, and one that never was ours is not found', async ({
    people,
    stranger,
    usher,
}) => {
    const invited = person('Mary', 'Somerville', newAddress('mary'));
    const link = await people.invite(invited.email);
    await people.accept(link, invited);
    const page = await stranger(link);
    await expectClosed(page, 'This invitation has already been used.');
    const answer = await page.request.get(`${usher.url}/invitations/${'A'.repeat(43)}`);
    expect(answer.status()).toBe(404);
});

test('opening a link does not use it up', async ({ people, stranger }) => {
    const invited = person('Emmy', 'Noether', newAddress('emmy'));
    const link = await people.invite(invited.email);
    for (let times = 0; times < 3; times += 1) await expect(createAccount(await stranger(link))).toBeVisible();
    await people.accept(link, invited);
});

test('a link that somebody else opens while signed in names both addresses and offers to switch', async ({
    people,
    browserOf,
}) => {
    const email = newAddress();
    const link = await people.invite(email);
    const page = await browserOf(people.admin);
    await page.goto(link);
    await expect(page.getByText(email).first()).toBeVisible();
    await expect(page.getByText(ADA.email).first()).toBeVisible();
    await expect(createAccount(page)).toHaveCount(0);
});

test('whoever is signed in as somebody else signs out and goes on with the invitation', async ({ people, browserOf, usher }) => {
    const grace = await people.join(person('Grace', 'Hopper', newAddress('grace')));
    const invited = person('Emmy', 'Noether', newAddress('emmy'));
    const link = await people.invite(invited.email);
    const page = await browserOf(grace);
    await page.goto(link);
    await expect(page.getByText(`${invited.email}, and you are signed in as ${grace.email}`)).toBeVisible();
    await page.getByRole('button', { name: `Sign out and go on as ${invited.email}` }).click();
    await fillInvitation(page, invited);
    await expect(page).toHaveURL(`${usher.url}/`);
    await expect(page.getByText(nameOf(invited)).first()).toBeAttached();
});

test('a weak password is refused at its field, and everything else that was typed stays', async ({
    people,
    stranger,
}) => {
    const page = await stranger(await people.invite(newAddress()));
    await page.getByLabel('First name').fill('Rosalind');
    await page.getByLabel('Last name').fill('Franklin');
    const password = page.getByLabel('Password', { exact: true });
    for (const weak of ['too short', ORGANIZATION + ORGANIZATION]) {
        await password.fill(weak);
        await createAccount(page).click();
        await expect(password).toHaveAttribute('aria-invalid', 'true');
        await expect(page.getByLabel('First name')).toHaveValue('Rosalind');
        await expect(page.getByLabel('Last name')).toHaveValue('Franklin');
    }
});

test('an address that cannot be invited is refused at its field, and the chosen groups stay', async ({
    page,
    people,
    visit,
}) => {
    const invited = newAddress();
    const member = person('Sophie', 'Germain', newAddress('sophie'));
    const gone = person('Marie', 'Curie', newAddress('marie'));
    await people.send(invited);
    await people.join(member);
    await people.join(gone);
    await people.deactivate(gone.email);
    const cases = [
        { address: 'ada.example.test', sentence: 'Enter one e-mail address, like name@example.com.' },
        { address: member.email, sentence: 'This person is already a member of your organization.' },
        { address: invited, sentence: 'This person is already invited. You can resend the invitation.' },
        { address: gone.email, sentence: "This person's account is deactivated. You can reactivate it." },
    ];
    for (const { address, sentence } of cases) {
        await visit(page, USERS);
        await control(page, 'Invite User').click();
        const field = dialog(page).getByLabel('Email');
        // The server judges, not only the browser.
        await field.evaluate((input: HTMLInputElement) => input.form?.setAttribute('novalidate', ''));
        await field.fill(address);
        await groupBox(page, 'read').check();
        await groupBox(page, 'metrics').check();
        await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
        await expectFault(field, sentence);
        await expect(field).toHaveValue(address);
        await expect(groupBox(page, 'read')).toBeChecked();
        await expect(groupBox(page, 'metrics')).toBeChecked();
        await expect(groupBox(page, 'write')).not.toBeChecked();
    }
});

test('the same address in other letters is the same address', async ({ page, people }) => {
    const email = newAddress('case');
    await people.send(email);
    await page.reload();
    await fillInvite(page, email.toUpperCase(), []);
    await expectFault(dialog(page).getByLabel('Email'), /already invited/);
});

test('whoever is already invited is offered a resend right there', async ({ page, people, usher }) => {
    const email = newAddress();
    const old = await people.invite(email);
    await page.reload();
    await fillInvite(page, email, []);
    await expectFault(dialog(page).getByLabel('Email'), /already invited/);
    await control(dialog(page), 'Resend').click();
    expect(invitationLink(await usher.mailbox.waitForMail(email))).not.toBe(old);
});

test('the row says what became of the mail', async ({ page, people, usher, visit }) => {
    const [good, bad] = [newAddress('good'), newAddress('bad')];
    usher.mailbox.refuse(bad, 'mailbox unknown');
    await people.invite(good);
    await people.send(bad);
    await expect(async () => {
        await visit(page, USERS);
        await expect(rowOf(page, good)).toContainText(/Mail sent/, { timeout: 500 });
        await expect(rowOf(page, bad)).toContainText(/Mail refused: .*mailbox unknown/, { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    // Nothing is lost: the invitation is still there to be sent again.
    await expect(rowOf(page, bad)).toContainText('Invited');
});

test('search, status and order are in the address, and work from there', async ({ page, people, visit }) => {
    // By a word of their own: all others would fill a page before them.
    const first = person('Aaltje', 'Zwart', newAddress('orderly-zwart'));
    const second = person('Zoltan', 'Aardig', newAddress('orderly-aardig'));
    await people.join(first);
    await people.join(second);
    await people.deactivate(second.email);

    await visit(page, USERS);
    await page.getByRole('searchbox').fill('zwart');
    await page.getByRole('searchbox').press('Enter');
    await expect(page).toHaveURL(/[?&]q=zwart/);
    await expect(rowOf(page, first.email)).toBeVisible();
    await expect(rowOf(page, second.email)).toHaveCount(0);

    await visit(page, `${USERS}?status=deactivated`);
    await expect(rowOf(page, second.email)).toBeVisible();
    await expect(rowOf(page, first.email)).toHaveCount(0);
    await expect(page.getByLabel('Status').first()).toHaveValue('deactivated');

    const order = async () => {
        const text = await page.getByRole('table').innerText();
        return text.indexOf(nameOf(first)) < text.indexOf(nameOf(second));
    };
    await visit(page, `${USERS}?q=orderly&sort=name`);
    await expect(rowOf(page, second.email)).toBeVisible();
    expect(await order()).toBe(true);
    await visit(page, `${USERS}?q=orderly&sort=-name`);
    await expect(rowOf(page, first.email)).toBeVisible();
    expect(await order()).toBe(false);

    await visit(page, `${USERS}?q=nobody-is-called-that`);
    await expect(page.getByRole('link', { name: /clear/i }).first()).toBeVisible();
    await expect(rowOf(page, first.email)).toHaveCount(0);
});

test('choosing a status narrows the list', async ({ page, people, visit, javaScriptEnabled }) => {
    const email = newAddress();
    await people.send(email);
    await visit(page, USERS);
    await page.getByLabel('Status').first().selectOption({ label: 'Invited' });
    if (javaScriptEnabled === false) {
        const form = page.locator('form').filter({ has: page.getByRole('searchbox') });
        await form.getByRole('button').click();
    }
    await expect(page).toHaveURL(/[?&]status=invited/);
    await expect(rowOf(page, email)).toBeVisible();
    await expect(rowOf(page, ADA.email)).toHaveCount(0);
});

// In a console of its own: in the shared one others become administrators, too.
testOfNewConsole('the last administrator is not deactivated, and the page says why', async ({ usher, browserOf, visit }) => {
    const page = await browserOf(await new People(usher).setUp());
    await visit(page, USERS);
    const why = "This would take the organization's last active IAM Admin. Make somebody else an IAM Admin first, without an end.";
    await choose(page, ADA.email, 'Deactivate…');
    await expect(dialog(page)).toContainText(nameOf(ADA));
    const deactivate = dialog(page).getByRole('button', { name: 'Deactivate', exact: true });
    await expect(deactivate).toHaveAttribute('aria-disabled', 'true');
    await expect(deactivate).toHaveAccessibleDescription(why);
    await expect(dialog(page).getByText(why)).toHaveCount(1);
    await deactivate.click({ force: true });
    await expect(dialog(page)).toBeVisible();
    await visit(page, USERS);
    await expect(rowOf(page, ADA.email)).toContainText('Active');
});

test('who may only look sees the list and no way to change it', async ({ people, browserOf, visit }) => {
    const reader = await people.join(person('Lise', 'Meitner', newAddress('lise')), ['read']);
    const page = await browserOf(reader);
    expect((await visit(page, USERS))?.status()).toBe(200);
    await expect(rowOf(page, ADA.email)).toBeVisible();
    const invite = page.getByRole('button', { name: /^Invite User/ });
    await expect(invite).toHaveAttribute('aria-disabled', 'true');
    await expect(page.getByText('Only an IAM Admin can invite.')).toBeAttached();
    await expect(page.getByLabel(/^Actions for /)).toHaveCount(0);
});

test('who has no role finds no way to the list, and is told which role opens it', async ({
    people,
    browserOf,
    visit,
}) => {
    const guest = await people.join(person('Hedy', 'Lamarr', newAddress('hedy')));
    const page = await browserOf(guest);
    await visit(page, '/');
    await expect(page.locator(`a[href="${USERS}"]`)).toHaveCount(0);
    expect((await visit(page, USERS))?.status()).toBe(403);
    await expect(page.getByText('IAM Viewer').first()).toBeVisible();
    await expect(page.getByText(ADA.email)).toHaveCount(0);
});
