// Scripts take every page over without a word on the console, without breaking the content security policy, and
// without moving a pixel.

import type { Page } from '@playwright/test';
import { ADA, People, recoveryOf } from './support/people.ts';
import { PLACES } from './support/places.ts';
import { expect, test, testOfNewConsole } from './support/test.ts';
import { seenFromInside, watchFromInside } from './support/watch.ts';

/** Opens a page and says what was wrong with it. */
async function complaints(page: Page, status: number, open: () => Promise<unknown>): Promise<string[]> {
    const heard: string[] = [];
    page.on('console', (message) => {
        // Chromium itself notes that the page was answered with 403 or 404, which is what the test asked for.
        const isTheStatus = message.text().includes(`status of ${status}`) && status >= 400;
        if (['error', 'warning', 'assert'].includes(message.type()) && !isTheStatus) {
            heard.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
        }
    });
    page.on('pageerror', (error) => heard.push(`uncaught: ${error.message}`));
    page.on('requestfailed', (request) => heard.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
    await watchFromInside(page);
    await open();
    const seen = await seenFromInside(page);
    return [...heard, ...seen];
}

const pages = PLACES.filter((place) => !place.act);

for (const place of pages) {
    test(`${place.name} is quiet and stands still`, async ({ town, browserOf, visit }) => {
        const page = await browserOf(place.as?.(town));
        const open = async () => {
            const response = await visit(page, place.address(town));
            expect(response?.status()).toBe(place.status ?? 200);
        };
        expect(await complaints(page, place.status ?? 200, open)).toEqual([]);
    });
}

testOfNewConsole('new password is quiet and stands still', async ({ usher, page, visit }) => {
    await new People(usher).setUp();
    const link = await recoveryOf(usher, ADA.email);
    expect(await complaints(page, 200, () => visit(page, link))).toEqual([]);
});

for (const name of ['without its link', 'with its link']) {
    testOfNewConsole(`set-up ${name} is quiet and stands still`, async ({ usher, page, visit }) => {
        const address = name === 'with its link' ? usher.setUpLink : '/setup';
        expect(await complaints(page, 200, () => visit(page, address))).toEqual([]);
    });
}
