// What becomes of an invitation that nobody accepts in time. Its time is short here.

import { invitationLink } from './support/mailbox.ts';
import { choose, control, rowOf } from './support/page.ts';
import { People } from './support/people.ts';
import { expect, testOfNewConsole as test } from './support/test.ts';

const EMAIL = 'late@example.test';

test.use({ settings: { USHER_INVITATION_LIFETIME: '8s' } });

test('an invitation expires, says so on its page and in the list, and can be sent again', async ({
    usher,
    browserOf,
}) => {
    const people = new People(usher);
    const admin = await people.setUp();
    const link = await people.invite(EMAIL, ['read']);
    const stranger = await browserOf();
    await expect(async () => {
        expect((await stranger.goto(link))?.status()).toBe(410);
    }).toPass({ timeout: 30_000 });
    await expect(stranger.getByText('This invitation has expired.').first()).toBeVisible();
    await expect(stranger.getByRole('button', { name: 'Create account', exact: true })).toHaveCount(0);

    const page = await browserOf(admin);
    await page.goto('/organization/users');
    await expect(rowOf(page, EMAIL)).toContainText('Invite expired');
    await page.goto('/organization/users?status=expired');
    await expect(rowOf(page, EMAIL)).toBeVisible();
    await choose(page, EMAIL, 'Resend');
    const fresh = await browserOf();
    await fresh.goto(invitationLink(await usher.mailbox.waitForMail(EMAIL)));
    await expect(fresh.getByRole('button', { name: 'Create account', exact: true })).toBeVisible();
});

test('whoever holds an expired link has a fresh one mailed to the invited address', async ({ usher, browserOf }) => {
    const people = new People(usher);
    await people.setUp();
    const link = await people.invite(EMAIL, ['read']);
    const invitee = await browserOf();
    await expect(async () => {
        expect((await invitee.goto(link))?.status()).toBe(410);
    }).toPass({ timeout: 30_000 });
    await control(invitee, 'Send me a fresh link').click();
    await expect(invitee.getByText('A newer invitation was sent.').first()).toBeVisible();
    await expect(invitee.getByRole('button', { name: 'Send me a fresh link' })).toHaveCount(0);
    const fresh = await browserOf();
    await fresh.goto(invitationLink(await usher.mailbox.waitForMail(EMAIL)));
    await expect(fresh.getByRole('button', { name: 'Create account', exact: true })).toBeVisible();
});
