// What a browser makes of our answers when somebody means harm: other people's words are text, scripts that are not
// ours don't run, and no address leads away.

import { signIn } from './support/page.ts';
import { ADA, newAddress, PASSWORD, person } from './support/people.ts';
import { expect, test } from './support/test.ts';

const CALL = 'window.harmed=(window.harmed||0)+1';
// Each is as much as a name may hold.
const PAYLOADS = [
    `<img src=x onerror=${CALL}>`,
    `</script><script>${CALL}</script>`,
    `"'><svg onload=${CALL}><!--`,
];

test('WEB-09 names and searches are text whatever stands in them', async ({ people, usher, browserOf, visit }) => {
    const page = await browserOf(people.admin);
    for (const payload of PAYLOADS) {
        const email = newAddress('harm');
        const member = await people.join(person(payload, 'Moore', email));
        const theirs = await browserOf(member);
        for (const [reader, address] of [
            [page, `/organization/users?q=${encodeURIComponent(email)}`],
            [page, `/organization/users?q=${encodeURIComponent(payload)}`],
            [page, `/organization/users?status=${encodeURIComponent(payload)}&sort=${encodeURIComponent(payload)}`],
            [theirs, '/'],
            [theirs, '/account/settings'],
        ] as const) {
            await visit(reader, address);
            expect(await reader.evaluate(() => 'harmed' in window)).toBe(false);
            await expect(reader.locator('img[src=x], svg[onload], [onfocus]')).toHaveCount(0);
        }
        await visit(page, `/organization/users?q=${encodeURIComponent(email)}`);
        await expect(page.getByText(`${payload} Moore`).first()).toBeVisible();
        await theirs.context().close();
    }
    await page.context().addCookies([{ name: 'theme', value: `"><script>${CALL}</script>`, url: usher.url }]);
    await visit(page, '/sign-in');
    expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
});

test('WEB-07 a script without the nonce of the page does not run', async ({ people, browserOf }) => {
    const page = await browserOf(people.admin);
    const blocked: string[] = [];
    page.on('console', (message) => {
        if (/Content Security Policy/.test(message.text())) blocked.push(message.text());
    });
    await page.route('**/organization/users', async (route) => {
        const response = await route.fetch();
        const injected = `<script>${CALL}</script><script src="/pkg/nothing.js"></script><img src="/nothing" onerror="${CALL}"><a id="trap" href="javascript:${CALL}">trap</a>`;
        await route.fulfill({ response, body: (await response.text()).replace('<main', `${injected}<main`) });
    });
    await page.goto('/organization/users');
    await expect(page.locator('#trap')).toBeAttached();
    await page.locator('#trap').dispatchEvent('click');
    expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
    // Inline, by its address, by an event handler, by a link.
    await expect.poll(() => blocked.length).toBeGreaterThanOrEqual(4);
});

test('WEB-05 no address of a sign-in leads away', async ({ browserOf, usher, people }) => {
    const page = await browserOf();
    for (const next of ['//evil.test', '/\\evil.test', 'https:evil.test', '/%2f%2fevil.test', '\t//evil.test', '/..//evil.test', 'javascript:alert(1)']) {
        await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
        await signIn(page, ADA.email, PASSWORD);
        await expect(page, next).toHaveURL(`${usher.url}/`);
        await page.context().clearCookies();
    }
    const signedIn = await browserOf(people.admin);
    await signedIn.goto(`/sign-in?next=${encodeURIComponent('//evil.test')}`);
    await expect(signedIn).toHaveURL(`${usher.url}/`);
});

test('WEB-06 no file is shown in a frame either', async ({ browserOf, people }) => {
    const page = await browserOf(people.admin);
    await page.goto('/');
    const style = await page.locator('link[rel=stylesheet]').first().getAttribute('href');
    for (const file of [style ?? '', '/favicon.svg', '/robots.txt']) {
        const answer = await page.request.get(file);
        expect(answer.status(), file).toBe(200);
        expect(answer.headers()['x-frame-options'], file).toBe('DENY');
        expect(answer.headers()['content-security-policy'], file).toContain("frame-ancestors 'none'");
        expect(answer.headers()['x-content-type-options'], file).toBe('nosniff');
    }
});
