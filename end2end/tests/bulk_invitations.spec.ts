// Inviting many: a list is pasted or uploaded, looked at, sent, watched, and its results are taken.

import { readFile } from 'node:fs/promises';
import { bar, INVITE_MANY, line, lines, makeList, startList, untilDone } from './support/bulk_invitations.ts';
import { card, control, dialog, expectFault, rowOf } from './support/page.ts';
import { newAddress } from './support/people.ts';
import { expect, test as shared } from './support/test.ts';

/** `page` is the administrator's. */
const test = shared.extend({
    page: async ({ people, browserOf }, use) => {
        await use(await browserOf(people.admin));
    },
});

test.use({ crowd: 'lists' });

test('a list is pasted, looked at, sent, and its results are taken away', async ({ page, usher, visit, again }, info) => {
    const word = `pasted-${info.project.name.slice(0, 2)}`;
    await visit(page, '/organization/users');
    await control(page, 'Invite User').click();
    await control(dialog(page), 'Invite many…').click();
    await expect(page.getByRole('heading', { level: 1, name: 'Invite many' })).toBeVisible();
    await again(page);
    // What is no list stays where it was typed, with the reason.
    const field = page.getByLabel('Addresses');
    await field.fill('  \n');
    await control(page, 'Check the list').click();
    await expectFault(page.getByLabel('Addresses'), /Paste a list/);
    await again(page);

    const list = `email;groups\n${word}-first@list.test;read|write\n${lines(word, 30)}nobody\nada@example.test\n${word}-1@list.test\nx@list.test;Nowhere\n`;
    await page.getByLabel('Addresses').fill(list);
    await control(page, 'Check the list').click();
    await expect(page.getByRole('heading', { level: 1, name: 'Check the list' })).toBeVisible();
    await expect(page.getByText('31 will be invited, 4 will not.')).toBeVisible();
    await expect(line(page, 'nobody')).toContainText('This is not one e-mail address');
    await expect(line(page, 'ada@example.test')).toContainText('already a member');
    await expect(line(page, 'x@list.test')).toContainText('There is no group “Nowhere”.');
    await expect(page.getByRole('table', { name: 'Will not be invited' }).getByRole('row').filter({ hasText: `${word}-1@list.test` })).toContainText(
        'The same address is in line 3 already.',
    );
    await expect(line(page, `${word}-first@list.test`)).toContainText('read, write');
    await again(page);

    await control(page, 'Send 31 invitations').click();
    await untilDone(page, '31 of 31 invited');
    await expect(page.getByText('4 lines were not sent: they are below.')).toBeVisible();
    await usher.mailbox.waitForMail(`${word}-30@list.test`);
    const [download] = await Promise.all([page.waitForEvent('download'), control(page, 'Download result').click()]);
    expect(download.suggestedFilename()).toMatch(/^invitations-[0-9a-f]{6}-\d{4}-\d\d-\d\d\.csv$/);
    const rows = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(rows).toHaveLength(36);
    expect(rows[0]).toBe('line,written,email,groups,outcome,reason');
    expect(rows.filter((row) => row.includes(',invited,'))).toHaveLength(31);
    // Each is on the list of people.
    await control(page, `${word}-2@list.test`).click();
    await expect(rowOf(page, `${word}-2@list.test`)).toContainText('Invited');
});

test('a list is watched, goes on while its page is closed, and is found again', async ({ page, people, browserOf, visit, javaScriptEnabled }, info) => {
    const count = 150;
    const address = await makeList(people, lines(`closed-${info.project.name.slice(0, 2)}`, count));
    await visit(page, address);
    const send = control(page, `Send ${count} invitations`);
    await send.click();
    await expect(page.getByRole('heading', { level: 1, name: `Inviting ${count} people` })).toBeVisible();
    await expect(bar(page)).toHaveAttribute('max', String(count));
    if (javaScriptEnabled !== false) {
        // It moves by itself.
        await expect(bar(page)).not.toHaveAttribute('value', '0');
    }
    await page.close();

    const later = await browserOf(people.admin);
    await visit(later, INVITE_MANY);
    const row = later.getByRole('row').filter({ hasText: `${count} people` }).first();
    await row.getByRole('link').click();
    await untilDone(later, `${count} of ${count} invited`);
    await expect(later.getByText('The first 50 of 150.')).toBeVisible();
});

test('a file is uploaded, and one that is no list is refused at its field', async ({ page, visit, again }, info) => {
    const email = `uploaded-${info.project.name.slice(0, 2)}@list.test`;
    await visit(page, INVITE_MANY);
    const upload = async (content: Buffer) => {
        const form = card(page, 'Or upload a file');
        await form.getByLabel('CSV file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: content });
        await control(form, 'Check the file').click();
    };
    await upload(Buffer.from('\u{FEFF}email\nJürgen@list.test', 'latin1'));
    await expectFault(page.getByLabel('CSV file'), /CSV UTF-8/);
    await again(page);
    await upload(Buffer.from(`\u{FEFF}Name,Email,Groups\r\n"Lovelace, Ada",${email},read\r\n`));
    await expect(page.getByText('1 person will be invited.')).toBeVisible();
    await expect(line(page, email)).toContainText('read');
    await again(page);
    // It is begun anew, and nothing was sent.
    await control(page, 'Start over').click();
    await expect(page.getByRole('heading', { level: 1, name: 'Invite many' })).toBeVisible();
    await visit(page, `/organization/users?q=${email}`);
    await expect(rowOf(page, email)).toHaveCount(0);
});

test('what failed is tried again', async ({ page, people, visit, again }) => {
    const [early, other] = [newAddress('early'), newAddress('other')];
    const address = await makeList(people, `${early}\n${other}\n`);
    // Between the dry run and the yes somebody else invites one of them.
    await people.send(early);
    await startList(people, address);
    await visit(page, address);
    await untilDone(page, '1 of 2 invited, 1 failed');
    await again(page);
    await expect(line(page, early)).toContainText('This person is already invited.');
    await people.act('/api/invitations/cancel', [['user', await people.idOf(early)]]);
    await control(page, 'Try the failed again').click();
    await untilDone(page, '2 of 2 invited');
    await expect(page.getByText('The invitations are sent')).toBeVisible();
});
