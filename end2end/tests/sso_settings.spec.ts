// Single sign-on as administrators set it up, with identity providers of two makers. Each test has a console of its own,
// because an organization has one single sign-on.

import type { Locator, Page } from '@playwright/test';
import { SETTINGS } from './support/enrolment.ts';
import { control, dialog, expectFault, rowOf, signIn, signOut } from './support/page.ts';
import { ADA, nameOf, newAddress, PASSWORD, person, type People } from './support/people.ts';
import { expect, testOfNewConsole as ofProviders } from './support/providers.ts';
import { CERTIFICATE_DAY, factsOf, signInAtProvider, type SamlPerson, type SamlProvider } from './support/saml.ts';
import { isIn, ONE_ANSWER } from './support/identities.ts';
import { beginSso, configure, deploy, expectPreview, fillProvider, introduce, orgIdOf, requireButton, requireOf, SSO, testSignIn } from './support/sso.ts';

/** `page` is the administrator's, on the page of single sign-on. */
const test = ofProviders.extend<{ org: string; stranger: Page }>({
    page: async ({ people, browserOf, visit }, use) => {
        const page = await browserOf(people.admin);
        await visit(page, SSO);
        await use(page);
    },
    org: async ({ people }, use) => {
        await use(await orgIdOf(people));
    },
    stranger: async ({ people: _, browserOf }, use) => {
        await use(await browserOf());
    },
});

for (const make of ['samlify', 'pysaml2'] as const) {
    test(`from nothing to a colleague's first sign-in, with ${make}`, async ({ page, stranger, org, usher, samlify, pysaml2, visit, again }) => {
        const idp: SamlProvider = make === 'samlify' ? samlify : pysaml2;
        await idp.know({ email: ADA.email, firstName: 'Ada', lastName: 'Lovelace' });
        const grace = person('Grace', 'Hopper', newAddress('grace'));
        await idp.know(grace);
        await expect(page.getByRole('heading', { level: 1, name: 'Single sign-on' })).toBeVisible();
        await configure(page, again, idp, 'manual', usher.url, org);

        // Prepared is not deployed.
        await beginSso(stranger, visit, org);
        await expect(stranger.getByText('There is no single sign-on at this address.')).toBeVisible();

        await testSignIn(page, ADA.email);
        const found = page.getByRole('main');
        await expect(found).toContainText(/passed/i);
        await expect(found).toContainText(/signature|signed/i);
        await expect(found).toContainText(/audience/i);
        for (const said of [ADA.email, 'Lovelace']) await expect(found).toContainText(said);
        // It is still the administrator's own session.
        await visit(page, SSO);
        await deploy(page);
        await expect(page.getByRole('main')).toContainText(CERTIFICATE_DAY);

        await beginSso(stranger, visit, org);
        await signInAtProvider(stranger, grace.email);
        await isIn(stranger, grace);
        await visit(page, `/organization/users?q=${grace.email}`);
        await expect(rowOf(page, grace.email)).toContainText('Active');
    });

    for (const way of ['file', 'url'] as const) {
        test(`metadata of ${make} is understood, from its ${way}`, async ({ page, stranger, org, usher, samlify, pysaml2, visit, again }) => {
            const idp: SamlProvider = make === 'samlify' ? samlify : pysaml2;
            const ben = person('Ben', 'Babbage', newAddress('ben'));
            await idp.know(ben);
            await configure(page, again, idp, way, usher.url, org);
            await deploy(page);
            await beginSso(stranger, visit, org);
            await signInAtProvider(stranger, ben.email);
            await isIn(stranger, ben);
        });
    }
}

test('what is wrong is said at its field, and nothing is saved', async ({ page, org, usher, samlify, visit, again }) => {
    await control(page, 'Configure SAML').click();
    await introduce(page, samlify, usher.url, org);
    await fillProvider(page, again, { ...factsOf(samlify), certificate: 'This is no certificate.' }, 'manual');
    await expectFault(page.getByLabel('Signing certificate'), /no certificate/);
    await expect(page.getByLabel('SSO URL')).toHaveValue(samlify.ssoUrl);
    await again(page);
    await fillProvider(page, again, { ...factsOf(samlify), ssoUrl: 'http://sso.example.test/' }, 'manual');
    await expectFault(page.getByLabel('SSO URL'), /https/);
    await again(page);
    await fillProvider(page, again, { ...factsOf(samlify), metadataUrl: 'https://10.1.2.3/metadata' }, 'url');
    await expectFault(page.getByLabel('Metadata URL'), /not in a public network/);
    await again(page);
    await fillProvider(page, again, { ...factsOf(samlify), metadata: '<html></html>' }, 'file');
    await expectFault(page.getByLabel('Metadata file'), /no SAML metadata|no identity provider/);
    await visit(page, SSO);
    await expect(control(page, 'Deploy SSO')).toHaveCount(0);
});

test('a test sign-in says in words what an identity provider does wrong', async ({ page, org, usher, samlify, visit, again }) => {
    const cases: [Partial<SamlPerson>, RegExp, string][] = [
        [{ without: ['email'] }, /doesn't send all that is needed/, 'Attribute email'],
        [{ audience: 'https://other.example.test/' }, /The assertion is for another service\./, 'Audience'],
        [{ expired: true }, /The assertion is no longer valid/, 'Valid from / until'],
    ];
    await configure(page, again, samlify, 'manual', usher.url, org);
    for (const [wrong, sentence, check] of cases) {
        const { email } = await samlify.know({ email: newAddress('test'), ...wrong });
        await visit(page, SSO);
        await testSignIn(page, email);
        const failed = page.getByRole('listitem').filter({ hasText: 'Failed' });
        await expect(failed.getByRole('heading')).toHaveText([check]);
        await expect(page.getByRole('main')).toContainText(sentence);
    }
    // Whoever was tested has no account and no session by it.
    await visit(page, '/organization/users');
    await expect(page.getByText('test-', { exact: false })).toHaveCount(0);
});

test('single sign-on is disabled and enabled, and edited while it goes on', async ({ page, stranger, org, usher, samlify, pysaml2, visit, again }) => {
    const [ben, rosa] = [person('Ben', 'Babbage', newAddress('ben')), person('Rosa', 'Luxemburg', newAddress('rosa'))];
    await samlify.know(ben);
    await pysaml2.know(rosa);
    await configure(page, again, samlify, 'manual', usher.url, org);
    await deploy(page);
    await again(page);
    await press(page, 'Disable', control(page, 'Enable'));
    await beginSso(stranger, visit, org);
    await expect(stranger.getByText('There is no single sign-on at this address.')).toBeVisible();
    await again(page);
    await press(page, 'Enable', control(page, 'Disable'));
    await beginSso(stranger, visit, org);
    await signInAtProvider(stranger, ben.email);
    await isIn(stranger, ben);

    await control(page, 'Edit').click();
    await introduce(page, pysaml2, usher.url, org);
    await fillProvider(page, again, pysaml2, 'url');
    await expectPreview(page, pysaml2);
    await stranger.context().clearCookies();
    await beginSso(stranger, visit, org);
    await signInAtProvider(stranger, ben.email);
    await isIn(stranger, ben);
    await again(page);
    await deploy(page);
    await stranger.context().clearCookies();
    await beginSso(stranger, visit, org);
    await signInAtProvider(stranger, rosa.email);
    await isIn(stranger, rosa);
});

test('single sign-on is required of all but one administrator, after a test that passed', async ({
    page,
    stranger,
    org,
    people,
    usher,
    samlify,
    google,
    visit,
    again,
}) => {
    const mary = person('Mary', 'Shelley', newAddress('mary'));
    await people.join(mary);
    await samlify.know(mary);
    await samlify.know({ email: ADA.email, firstName: 'Ada', lastName: 'Lovelace' });
    google.know({ email: mary.email });
    await configure(page, again, samlify, 'manual', usher.url, org);
    await deploy(page);
    await again(page);
    // Nobody can be locked out by what was never tried.
    await expect(requireButton(page)).toHaveCount(0);
    await testSignIn(page, ADA.email);
    await visit(page, SSO);
    await requireOf(page, ADA);
    await expect(page.getByRole('main')).toContainText(nameOf(ADA));

    await visit(stranger, '/sign-in');
    await signIn(stranger, mary.email, PASSWORD);
    await expect(stranger.getByText(ONE_ANSWER).first()).toBeVisible();
    await visit(stranger, '/sign-in');
    await control(stranger, 'Continue with Google').click();
    await stranger.getByLabel('Email').fill(mary.email);
    await stranger.getByRole('button', { name: 'Next', exact: true }).click();
    await stranger.goto(SETTINGS);
    await expect(stranger).toHaveURL(/\/sign-in/);
    await beginSso(stranger, visit, org);
    await signInAtProvider(stranger, mary.email);
    await isIn(stranger, mary);
    await visit(stranger, '/');
    await signOut(stranger);
    // The one who is named gets in when everything else fails.
    await visit(stranger, '/sign-in');
    await signIn(stranger, ADA.email, ADA.password);
    await isIn(stranger, ADA);

    await again(page);
    await press(page, 'Stop requiring SSO', requireButton(page));
    await stranger.context().clearCookies();
    await visit(stranger, '/sign-in');
    await signIn(stranger, mary.email, PASSWORD);
    await isIn(stranger, mary);
});

/** Presses a button, and says yes if a dialog asks. */
async function press(page: Page, verb: string, then: Locator): Promise<void> {
    await control(page, verb).click();
    const yes = control(dialog(page), verb);
    await expect(yes.or(then)).toBeVisible();
    if (await yes.isVisible()) await yes.click();
    await expect(then).toBeVisible();
}

test('an IAM Viewer sees it and changes nothing, and everybody else finds no page', async ({ people, org, usher, samlify, page, browserOf, visit, again }) => {
    await configure(page, again, samlify, 'manual', usher.url, org);
    await deploy(page);
    const viewer = await browserOf(await join(people, 'read'));
    await visit(viewer, SSO);
    await expect(viewer.getByRole('main')).toContainText(samlify.entityId);
    for (const act of ['Edit', 'Disable', 'Test sign-in']) {
        const works = viewer.locator(':not(:disabled):not([aria-disabled="true"])');
        await expect(control(viewer, act).and(works)).toHaveCount(0);
    }
    const guest = await browserOf(await join(people, 'metrics'));
    expect((await visit(guest, SSO))?.status()).toBe(403);
});

function join(people: People, group: 'read' | 'metrics') {
    return people.join(person('Olga', 'Taussky', newAddress('olga')), [group]);
}
