// Signing in by SAML, at a real identity provider on another site (samlify, see support/saml_idp.ts). What administrators do
// for it is in sso_settings.spec.ts.

import { enrol, SETTINGS, typeCode } from './support/enrolment.ts';
import { hydrated, rowOf, signIn, signOut } from './support/page.ts';
import { newAddress, ORGANIZATION, PASSWORD, person } from './support/people.ts';
import { expect, test as ofProviders } from './support/providers.ts';
import { listen, sendPage } from './support/outside.ts';
import { signInAtProvider, type SamlPerson } from './support/saml.ts';
import { isIn, ONE_ANSWER } from './support/identities.ts';
import { beginSso, configure, deploy, orgIdOf, SSO } from './support/sso.ts';

/** The organization of the tests of a worker lets in by SSO; the value is its Org ID. */
const test = ofProviders.extend<{}, { org: string }>({
    org: [
        async ({ browser, usher, people, samlify }, use) => {
            const org = await orgIdOf(people);
            const context = await browser.newContext({ javaScriptEnabled: true, baseURL: usher.url, storageState: people.admin.session });
            const page = await context.newPage();
            await page.goto(SSO);
            await configure(page, hydrated, samlify, 'manual', usher.url, org);
            await deploy(page);
            await context.close();
            await use(org);
        },
        { scope: 'worker', timeout: 120_000 },
    ],
});

test.use({ crowd: 'saml' });

test('a first sign-in makes an account without any right, and the next one finds it', async ({ page, org, people, samlify, visit, browserOf }) => {
    const grace = person('Grace', 'Hopper', newAddress('grace'));
    await samlify.know(grace);
    await beginSso(page, visit, org);
    await signInAtProvider(page, grace.email);
    await isIn(page, grace);
    await expect(page.getByRole('main')).toContainText('You have no roles yet');
    const response = await page.goto('/organization/users');
    expect(response?.status()).toBe(403);

    const admin = await browserOf(people.admin);
    await visit(admin, `/organization/users?q=${grace.email}`);
    await expect(rowOf(admin, grace.email)).toContainText('Active');
    await expect(rowOf(admin, grace.email)).toContainText('SSO');

    await visit(page, '/');
    await signOut(page);
    await beginSso(page, visit, org);
    await signInAtProvider(page, grace.email);
    await isIn(page, grace);
    await visit(admin, `/organization/users?q=${grace.email}`);
    await expect(rowOf(admin, grace.email)).toHaveCount(1);
});

test('it leads to where somebody was going, and the browser remembers the organization', async ({ page, org, samlify, visit }) => {
    const ben = person('Ben', 'Babbage', newAddress('ben'));
    await samlify.know(ben);
    await page.goto(`/accounts/saml/${org}/login?next=${SETTINGS}`);
    await signInAtProvider(page, ben.email);
    await expect(page).toHaveURL(/\/account\/settings$/);
    await visit(page, SETTINGS);
    await signOut(page);
    await visit(page, '/sign-in/sso');
    await expect(page.getByLabel('Organization ID')).toHaveValue(org);
});

test('whoever was invited accepts by signing in, with what the invitation gave', async ({ page, org, people, samlify, visit, browserOf }) => {
    const mary = person('Mary', 'Shelley', newAddress('mary'));
    await samlify.know(mary);
    const link = await people.invite(mary.email, ['read']);
    await visit(page, link);
    await page.getByRole('link', { name: 'Sign in with SSO', exact: true }).click();
    await signInAtProvider(page, mary.email);
    await isIn(page, mary);
    const admin = await browserOf(people.admin);
    await visit(admin, `/organization/users?q=${mary.email}`);
    await expect(rowOf(admin, mary.email)).toContainText('Active');
    await expect(rowOf(admin, mary.email)).toContainText('read');
    // Used up by it.
    const stranger = await browserOf();
    expect((await stranger.goto(link))?.status()).toBe(410);

    // Without the link it is found by the address.
    const joan = person('Joan', 'Clarke', newAddress('joan'));
    await samlify.know({ ...joan, nameIdFormat: 'emailAddress', nameId: joan.email });
    await people.invite(joan.email, ['write']);
    await beginSso(stranger, visit, org);
    await signInAtProvider(stranger, joan.email);
    await isIn(stranger, joan);
    await visit(admin, `/organization/users?q=${joan.email}`);
    await expect(rowOf(admin, joan.email)).toContainText('write');
});

test('what is missing or wrong in a response is named, and nobody is in', async ({ page, org, samlify, visit }) => {
    const cases: [Partial<SamlPerson>, RegExp, string[]][] = [
        [{ without: ['email'] }, /doesn't send all that is needed/, ['email']],
        [{ without: ['first_name', 'last_name'] }, /doesn't send all that is needed/, ['first_name', 'last_name']],
        [{ audience: 'https://other.example.test/' }, /The assertion is for another service\./, []],
        [{ expired: true }, /The assertion is no longer valid/, []],
    ];
    for (const [wrong, sentence, missing] of cases) {
        const eve = await samlify.know({ email: newAddress('eve'), ...wrong });
        await beginSso(page, visit, org);
        await signInAtProvider(page, eve.email);
        await expect(page).toHaveURL(/\/sign-in\/problem\?problem=/);
        await expect(page.getByRole('main')).toContainText(sentence);
        expect(await page.getByRole('main').getByRole('listitem').allTextContents()).toEqual(missing);
        await expect(page.getByRole('main')).toContainText(/Reference: [0-9a-f-]{36}/);
        await page.goto(SETTINGS);
        await expect(page).toHaveURL(/\/sign-in/);
    }
});

test('whoever has a password here keeps their account, and a mail tells them of SSO', async ({ page, org, people, samlify, usher, visit, browserOf }) => {
    const rosa = person('Rosa', 'Luxemburg', newAddress('rosa'));
    await people.join(rosa, ['read']);
    await samlify.know(rosa);
    await beginSso(page, visit, org);
    await signInAtProvider(page, rosa.email);
    await isIn(page, rosa);
    expect(await usher.mailbox.waitForSubjects(rosa.email, 2)).toContain(`SSO was linked to your account at ${ORGANIZATION}`);
    const admin = await browserOf(people.admin);
    await visit(admin, `/organization/users?q=${rosa.email}`);
    await expect(rowOf(admin, rosa.email)).toHaveCount(1);
    await expect(rowOf(admin, rosa.email)).toContainText('read');
    await visit(page, SETTINGS);
    await expect(page.locator('#methods')).toContainText('SSO');
    await expect(page.locator('#methods')).toContainText('Password');
});

test('a second factor is the affair of the identity provider', async ({ page, org, people, samlify, usher, visit, browserOf }) => {
    const hedy = person('Hedy', 'Lamarr', newAddress('hedy'));
    const own = await browserOf(await people.join(hedy));
    const { phone } = await enrol(own, visit);
    await usher.mailbox.waitForMail(hedy.email);
    await samlify.know(hedy);
    await beginSso(page, visit, org);
    await signInAtProvider(page, hedy.email);
    await isIn(page, hedy);
    await visit(page, SETTINGS);
    await expect(page.locator('#two-factor')).toContainText(/identity provider/i);
    await signOut(page);
    await visit(page, '/sign-in');
    await signIn(page, hedy.email, PASSWORD);
    await typeCode(page, await phone.code());
    await isIn(page, hedy);
});

test('somebody who is deactivated is refused in the words of every other method', async ({ page, org, people, samlify, visit }) => {
    const marie = person('Marie', 'Curie', newAddress('marie'));
    await samlify.know(marie);
    await beginSso(page, visit, org);
    await signInAtProvider(page, marie.email);
    await isIn(page, marie);
    await people.deactivate(marie.email);
    await beginSso(page, visit, org);
    await signInAtProvider(page, marie.email);
    await expect(page.getByText(ONE_ANSWER).first()).toBeVisible();
    await page.goto(SETTINGS);
    await expect(page).toHaveURL(/\/sign-in/);
    await people.reactivate(marie.email);
    await beginSso(page, visit, org);
    await signInAtProvider(page, marie.email);
    await isIn(page, marie);
});

test('an ID of no organization with single sign-on leads nowhere', async ({ page, org, visit }) => {
    expect(org).not.toBe('000000');
    await beginSso(page, visit, 'abc');
    await expect(page.getByLabel('Organization ID')).toHaveAccessibleDescription(/six characters/);
    await beginSso(page, visit, '000000');
    await expect(page.getByText('There is no single sign-on at this address.')).toBeVisible();
});

test('a response signs in once, and in the browser that asked for it', async ({ page, org, samlify, visit, browserOf, javaScriptEnabled }) => {
    const ada = person('Ada', 'Yonath', newAddress('ada'));
    await samlify.know(ada);
    const [sent] = await Promise.all([
        page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/acs')),
        (async () => {
            await beginSso(page, visit, org);
            await signInAtProvider(page, ada.email);
        })(),
    ]);
    await isIn(page, ada);
    expect(sent.headers()['origin']).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const form = Object.fromEntries(new URLSearchParams(sent.postData() ?? ''));
    for (const other of [page, await browserOf()]) {
        const answer = await other.request.post(sent.url(), { form, maxRedirects: 0 });
        expect(answer.status()).toBe(303);
        expect(answer.headers()['location']).toContain('/sign-in/problem?problem=over');
    }
    // Nobody was signed out by it.
    if (javaScriptEnabled !== false) await hydrated(page);
    await visit(page, SETTINGS);
    await expect(page.getByRole('heading', { name: 'Settings', exact: true })).toBeVisible();
});

test('another site that leads to the way there leads nobody further', async ({ page, org, usher, javaScriptEnabled, again }) => {
    const gone: string[] = [];
    page.on('request', (request) => {
        if (request.url().includes('/accounts/saml/')) gone.push(request.url());
    });
    const there = `${usher.url}/sign-in/sso?org_id=${org}`;
    const other = await listen(() => (_, answer) => sendPage(answer, 'Another site', `<a href="${there}">Win a prize</a>`));
    try {
        await page.goto(other.url);
        await page.getByRole('link', { name: 'Win a prize' }).click();
        const onward = page.getByRole('link', { name: 'Continue to your identity provider' });
        await expect(onward).toBeVisible();
        await again(page);
        // Scripts that go on by themselves do it once they have taken the page over.
        if (javaScriptEnabled !== false) await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)));
        expect(gone).toEqual([]);
        await onward.click();
        await expect(page).not.toHaveURL(there);
        expect(gone).toHaveLength(1);
        // Whoever comes by themselves is taken there.
        if (javaScriptEnabled !== false) {
            await page.goto(there);
            await expect(page).not.toHaveURL(there);
        }
    } finally {
        await other.close();
    }
});
