// On a slow line a page comes in parts. It is painted when it is whole: nothing moves because the rest arrives.

import type { Page } from '@playwright/test';
import { hydrated } from './support/page.ts';
import { PLACES } from './support/places.ts';
import { before, inMain, SlowLine, type Change } from './support/slow_line.ts';
import { expect, test } from './support/test.ts';
import { seenFromInside, watchFromInside } from './support/watch.ts';

const NAMES = ['sign-in', 'users', 'users, none found', 'group, adding members, previewed', 'audit', 'settings'];
const places = PLACES.filter(({ name }) => NAMES.includes(name));

test('the places are there', () => {
    expect(places.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
});

for (const place of places) {
    for (const cut of [0.4, 0.7]) {
        test(`${place.name} stands still when ${cut * 100} % of it come first`, async ({ usher, town, browserOf }) => {
            const line = await SlowLine.to(usher.url, inMain(cut));
            const page = await browserOf(place.as?.(town));
            await watchFromInside(page);
            await page.goto(line.url + place.address(town));
            await hydrated(page);
            expect(await seenFromInside(page)).toEqual([]);
            await line.close();
        });
    }
}

test('what is looked for here is seen: the first of two buttons moves where pages are painted in parts', async ({ usher, town, browserOf }) => {
    const place = places.find(({ name }) => name === 'group, adding members, previewed');
    if (!place) throw new Error('the place is gone');
    /** `rest`: when the second part comes, once the page is asked for. */
    const moved = async (change: Change, rest?: (page: Page) => Promise<void>) => {
        const page = await browserOf(place.as?.(town));
        const line = await SlowLine.to(usher.url, before('id="add-members"'), change, rest && (() => rest(page)));
        // Beside each other, which on a phone they are not, and in sight however many people there are to choose from:
        // what moves out of sight is not reported.
        await page.setViewportSize({ width: 1280, height: 4000 });
        await watchFromInside(page);
        await page.goto(line.url + place.address(town));
        await hydrated(page);
        const seen = await seenFromInside(page);
        await line.close();
        return seen;
    };
    const whole: Change = (html) => html;
    const inParts: Change = (html) => html.replace(/<link rel="expect"[^>]*>/, '');
    expect(await moved(whole)).toEqual([]);
    expect((await moved(inParts, isPainted)).length).toBeGreaterThan(0);
});

/** Waits until the first button is on the screen. */
async function isPainted(page: Page): Promise<void> {
    await page.waitForFunction(() => {
        const button = [...document.querySelectorAll('main button')].find(({ textContent }) => textContent?.trim() === 'Preview');
        return button && performance.getEntriesByName('first-contentful-paint').length > 0;
    });
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(null)))));
}
