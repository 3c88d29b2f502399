// Signing in with Google and GitHub: real providers beside the console, on another site than it. See support/google.ts and
// support/github.ts.

import { enrol, SETTINGS, typeCode } from './support/enrolment.ts';
import { control, dialog, expectFault, rowOf, signIn, signOut } from './support/page.ts';
import { fillInvitation, newAddress, ORGANIZATION, PASSWORD, person, type Person } from './support/people.ts';
import { expect, SOCIAL, socialOf, test as ofProviders, type Social } from './support/providers.ts';
import { goOnWith, isIn, isUnlinked, join, joinButton, leaveToLink, linkByPassword, methods, ONE_ANSWER, pasteInvitation, unlink } from './support/identities.ts';

const test = ofProviders.extend<{ name: Social['name']; social: Social }>({
    name: ['Google', { option: true }],
    social: async ({ name, google, github }, use) => {
        await use(socialOf(name, { google, github }));
    },
});

test.use({ crowd: 'social' });

/** Somebody whom the provider knows. */
function known(social: Social, firstName: string, lastName: string): Person {
    const who = person(firstName, lastName, newAddress(firstName.toLowerCase()));
    social.know(who);
    return who;
}

for (const name of SOCIAL) {
    test.describe(name, () => {
        test.use({ name });

        test('accepts an invitation, and signs in to where somebody was going', async ({ page, social, people, google, github, visit, again, browserOf }) => {
            const ben = known(social, 'Ben', 'Babbage');
            await visit(page, await people.invite(ben.email, ['read']));
            await goOnWith(page, social, ben.email);
            await again(page);
            // What the provider knows need not be typed.
            await expect(page.getByLabel('First name')).toHaveValue('Ben');
            await expect(page.getByLabel('Last name')).toHaveValue('Babbage');
            await join(page, ben);
            const asked = social.lastAsked();
            expect(asked.get('code_challenge_method')).toBe('S256');
            expect(asked.get('state')?.length ?? 0).toBeGreaterThan(20);
            if (name === 'Google') expect(google.asked.at(-1)?.get('nonce')?.length ?? 0).toBeGreaterThan(20);
            else expect(github.exchanged.at(-1)?.get('code_verifier')?.length ?? 0).toBeGreaterThanOrEqual(43);

            await visit(page, SETTINGS);
            await expect(methods(page)).toContainText(name);
            await expect(methods(page)).toContainText(ben.email);
            const admin = await browserOf(people.admin);
            await visit(admin, `/organization/users?q=${ben.email}`);
            await expect(rowOf(admin, ben.email)).toContainText('Active');
            await expect(rowOf(admin, ben.email)).toContainText('read');

            await signOut(page);
            await visit(page, SETTINGS);
            await goOnWith(page, social, ben.email);
            await expect(page).toHaveURL(/\/account\/settings$/);
            await expect(page.getByRole('heading', { name: 'Settings', exact: true })).toBeVisible();
        });

        test('of another address accepts nothing, and the invitation can still be used', async ({ page, social, people, visit, browserOf }) => {
            const [ben, other] = [person('Ben', 'Babbage', newAddress('ben')), known(social, 'Ben', 'Other')];
            const link = await people.invite(ben.email);
            await visit(page, link);
            await goOnWith(page, social, other.email);
            await expect(page.getByText(/another e-mail address than the invited one/)).toBeVisible();
            await expect(page.getByRole('alert')).toContainText(`The invited address is ${ben.email}.`);
            const admin = await browserOf(people.admin);
            await visit(admin, `/organization/users?q=${ben.email}`);
            await expect(rowOf(admin, ben.email)).toContainText('Invited');

            await visit(page, link);
            await fillInvitation(page, ben);
            await isIn(page, ben);
        });

        test('writes an address in capitals, and it is the same', async ({ page, social, people, visit, again }) => {
            const ida = person('Ida', 'Rhodes', newAddress('ida'));
            const shouted = ida.email.toUpperCase();
            social.know({ ...ida, email: shouted });
            await visit(page, await people.invite(ida.email));
            await goOnWith(page, social, shouted);
            await again(page);
            await join(page, ida);
            await visit(page, SETTINGS);
            await expect(page.getByRole('main').getByText(ida.email, { exact: true }).first()).toBeVisible();
        });

        test('has not verified an address, which then counts for nothing', async ({ page, social, people, visit }) => {
            const eve = person('Eve', 'Moneypenny', newAddress('eve'));
            social.know(eve, false);
            await visit(page, await people.invite(eve.email));
            await goOnWith(page, social, eve.email);
            await expect(page.getByText(/has no verified e-mail address/)).toBeVisible();
            await visit(page, '/');
            await expect(page).toHaveURL(/\/sign-in/);
        });

        test('finds the invitation of whoever comes without its link', async ({ page, social, people, visit, again }) => {
            const mary = known(social, 'Mary', 'Shelley');
            await people.invite(mary.email);
            await visit(page, '/sign-in');
            await goOnWith(page, social, mary.email);
            await isUnlinked(page);
            await expect(page.getByRole('main')).toContainText(ORGANIZATION);
            await expect(page.getByRole('main')).toContainText('Ada Lovelace');
            await again(page);
            await join(page, mary);
        });

        test('knows somebody who is nobody here: they paste the link of their invitation', async ({ page, social, people, visit, again }) => {
            const [rosa, ben] = [known(social, 'Rosa', 'Luxemburg'), person('Ben', 'Babbage', newAddress('ben'))];
            await visit(page, '/sign-in');
            await goOnWith(page, social, rosa.email);
            await isUnlinked(page);
            await expect(joinButton(page)).toHaveCount(0);
            // Nothing else is open to them.
            await page.goto('/organization/users');
            await expect(page).toHaveURL(/\/sign-in/);
            await visit(page, '/accounts/link');
            await isUnlinked(page);

            const field = page.getByLabel('Invitation link');
            await pasteInvitation(page, 'https://example.com/');
            await expectFault(field, /Paste the whole link/);
            await again(page);
            await pasteInvitation(page, await people.invite(ben.email));
            await expectFault(field, /another e-mail address/);
            await again(page);
            await pasteInvitation(page, await people.invite(rosa.email));
            await expect(joinButton(page)).toBeVisible();
            await again(page);
            await join(page, rosa);
        });

        test('is linked to an account by its password, and never by the address alone', async ({ page, social, people, usher, visit, again }) => {
            const grace = known(social, 'Grace', 'Hopper');
            await people.join(grace);
            await visit(page, '/sign-in');
            await goOnWith(page, social, grace.email);
            await isUnlinked(page);
            await again(page);
            await linkByPassword(page, 'nine owls repair my piano');
            await expect(page.getByText(/isn't your password|not your password|doesn't match/)).toBeVisible();
            await again(page);
            await linkByPassword(page, PASSWORD);
            await isIn(page, grace);
            // The other one is of the new browser.
            const subjects = await usher.mailbox.waitForSubjects(grace.email, 2);
            expect(subjects).toContain(`${name} was linked to your account at ${ORGANIZATION}`);
            await signOut(page);
            await visit(page, '/sign-in');
            await goOnWith(page, social, grace.email);
            await isIn(page, grace);
        });

        test('is followed by a code where somebody has two-factor authentication', async ({ page, social, people, usher, browserOf, visit, again }) => {
            const hedy = known(social, 'Hedy', 'Lamarr');
            const own = await browserOf(await people.join(hedy));
            const { phone } = await enrol(own, visit);
            await usher.mailbox.waitForMail(hedy.email);
            const code = page.getByRole('heading', { name: 'Enter your code' });

            await visit(page, '/sign-in');
            await goOnWith(page, social, hedy.email);
            await isUnlinked(page);
            await again(page);
            await linkByPassword(page, PASSWORD);
            await expect(code).toBeVisible();
            // It is linked when the code was right, not before.
            const stranger = await browserOf();
            await visit(stranger, '/sign-in');
            await goOnWith(stranger, social, hedy.email);
            await isUnlinked(stranger);
            await again(page);
            await typeCode(page, await phone.code());
            await isIn(page, hedy);

            await visit(stranger, '/sign-in');
            await goOnWith(stranger, social, hedy.email);
            await expect(stranger.getByRole('heading', { name: 'Enter your code' })).toBeVisible();
            await stranger.goto(SETTINGS);
            await expect(stranger).toHaveURL(/\/sign-in/);
            await visit(stranger, '/sign-in/code');
            await typeCode(stranger, await phone.code());
            await isIn(stranger, hedy);
        });

        test('is linked and unlinked in the settings, and a mail says so', async ({ social, people, usher, browserOf, visit, again }) => {
            const joan = known(social, 'Joan', 'Clarke');
            const other = known(social, 'Joan', 'Elsewhere');
            const page = await browserOf(await people.join(joan));
            await visit(page, SETTINGS);
            await leaveToLink(page, social);
            await social.signIn(page, other.email);
            await expect(page.getByText(/another e-mail address than yours/)).toBeVisible();
            await visit(page, SETTINGS);
            await expect(unlink(page, name)).toHaveCount(0);

            // The provider has somebody else signed in.
            await page.context().clearCookies({ domain: '127.0.0.1' });
            await leaveToLink(page, social);
            await social.signIn(page, joan.email);
            await expect(page).toHaveURL(/\/account\/settings/);
            await expect(unlink(page, name)).toBeVisible();
            expect((await usher.mailbox.waitForMail(joan.email)).subject).toBe(`${name} was linked to your account at ${ORGANIZATION}`);

            await again(page);
            await unlink(page, name).click();
            await control(dialog(page), 'Unlink').click();
            await expect(control(methods(page), `Link ${name}`)).toBeVisible();
            expect((await usher.mailbox.waitForMail(joan.email)).subject).toBe(`${name} was unlinked from your account at ${ORGANIZATION}`);
            await signOut(page);
            await visit(page, '/sign-in');
            await goOnWith(page, social, joan.email);
            await isUnlinked(page);
        });

        test('stays linked where it is the only way to sign in', async ({ page, social, people, visit, again }) => {
            const olga = known(social, 'Olga', 'Taussky');
            await visit(page, await people.invite(olga.email));
            await goOnWith(page, social, olga.email);
            await again(page);
            await join(page, olga);
            await visit(page, SETTINGS);
            await expect(methods(page)).toContainText(olga.email);
            await expect(unlink(page, name)).toHaveCount(0);
            await expect(methods(page)).toContainText(/only way to sign in/);
        });

        test('brings back whoever turned back there', async ({ page, social, people, visit }) => {
            const ben = known(social, 'Ben', 'Babbage');
            await visit(page, await people.invite(ben.email));
            await control(page, `Continue with ${name}`).click();
            await page.getByRole('button', { name: 'Cancel', exact: true }).click();
            await expect(page).toHaveURL(/\/invitations\//);
            await expect(page.getByText(/stopped before it was finished/)).toBeVisible();
        });
    });
}

test('somebody who is deactivated is refused in the same words, by whatever method', async ({ page, people, google, github, visit, again, browserOf }) => {
    const marie = person('Marie', 'Curie', newAddress('marie'));
    const own = await browserOf(await people.join(marie));
    const both = SOCIAL.map((name) => socialOf(name, { google, github }));
    for (const social of both) {
        social.know(marie);
        await visit(own, SETTINGS);
        await leaveToLink(own, social);
        await social.signIn(own, marie.email);
        await expect(unlink(own, social.name)).toBeVisible();
    }
    await people.deactivate(marie.email);

    await visit(page, '/sign-in');
    await signIn(page, marie.email, PASSWORD);
    await expect(page.getByText(ONE_ANSWER).first()).toBeVisible();
    for (const social of both) {
        await visit(page, '/sign-in');
        await goOnWith(page, social, marie.email);
        await expect(page.getByText(ONE_ANSWER).first()).toBeVisible();
        await page.goto(SETTINGS);
        await expect(page).toHaveURL(/\/sign-in/);
    }
    await people.reactivate(marie.email);
    for (const social of both) {
        await page.context().clearCookies();
        await visit(page, '/sign-in');
        await goOnWith(page, social, marie.email);
        await isIn(page, marie);
        await again(page);
    }
});
