// A page loads its own part of the program, beside the rest of it, and nothing that it shows is asked for again.

import { hydrated } from './support/page.ts';
import { PLACES } from './support/places.ts';
import { expect, test } from './support/test.ts';

/** A page of each part; the one of a trial has no place. */
const PARTS = { 'sign-in': 'doors', users: 'people', person: 'person', settings: 'account', groups: 'access', audit: 'organization', 'not found': 'doors' };
const places = PLACES.filter(({ name }) => name in PARTS);

test('the places are there', () => {
    expect(places.map(({ name }) => name).sort()).toEqual(Object.keys(PARTS).sort());
});

for (const place of places) {
    test(`${place.name} loads its part`, async ({ town, browserOf }) => {
        const page = await browserOf(place.as?.(town));
        const asked: string[] = [];
        page.on('request', (request) => asked.push(new URL(request.url()).pathname));
        await page.goto(place.address(town));
        await hydrated(page);
        await page.waitForLoadState('networkidle');

        expect(asked.filter((path) => path.startsWith('/api/'))).toEqual([]);
        const programs = asked.filter((path) => path.endsWith('.wasm'));
        const named = await page.locator('link[rel="preload"][as="fetch"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
        // Each once: what the head of the page has begun to fetch is what runs.
        expect(programs.sort()).toEqual(named.sort());
        const own = programs.filter((path) => path.includes('/split_')).map((path) => path.match(/\/split_([a-z]+)\./)?.[1]);
        expect(own).toEqual([PARTS[place.name as keyof typeof PARTS]]);
    });
}

test('a page comes compressed', async ({ page }) => {
    const answer = await page.goto('/sign-in');
    expect(answer?.headers()['content-encoding']).toBe('gzip');
});

test('an address that is nearly that of a page is none, and its page is taken over', async ({ town, browserOf }) => {
    const page = await browserOf(town.admin);
    for (const address of ['/sign-in//', '/organization/users//', '/organization//users']) {
        const answer = await page.goto(address);
        expect(answer?.status()).toBe(404);
        await hydrated(page);
        await expect(page.getByRole('heading', { level: 1 })).toHaveText("This page doesn't exist");
    }
});

test('what never changes stands in the page once, and not beside it as data', async ({ town, browserOf }) => {
    const page = await browserOf(town.admin);
    const answer = await page.goto(`/organization/users?q=${encodeURIComponent(town.mary.email)}`);
    const rows = page.getByRole('row').filter({ hasText: town.mary.email });
    await expect(rows).toHaveCount(1);
    const html = (await answer?.text()) ?? '';
    const [, data = ''] = html.split('__RESOLVED_RESOURCES[0]');
    expect(data).toContain('page');
    expect(data).not.toContain(town.mary.email);
});
