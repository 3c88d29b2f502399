// What is painted first is right already: no flash of the other theme. Looks from inside the page, so it needs scripts.

import { newAddress, person } from './support/people.ts';
import { expect, test } from './support/test.ts';

declare global {
    interface Window {
        grounds: string[];
    }
}

/** Notes the ground of every frame from the first on. */
function watchFrames(): void {
    window.grounds = [];
    const look = () => {
        if (document.body) {
            const ground = getComputedStyle(document.body).backgroundColor;
            if (window.grounds.at(-1) !== ground) window.grounds.push(ground);
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}

test.use({ colorScheme: 'light' });

test('with the dark theme no frame is light, from the first on and through hydration', async ({
    people,
    visit,
    browserOf,
}) => {
    const marie = await people.join(person('Marie', 'Curie', newAddress('marie')), ['read']);
    const page = await browserOf(marie);
    await visit(page, '/account/settings');
    const light = await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    await page.locator('main').getByLabel('Theme').selectOption({ label: 'Dark' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

    await page.addInitScript(watchFrames);
    for (const address of ['/', '/organization/audit', '/account/settings', '/nowhere']) {
        await visit(page, address);
        await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
        const grounds = await page.evaluate(() => window.grounds);
        expect(grounds, `the grounds of ${address}`).toHaveLength(1);
        expect(grounds[0]).not.toBe(light);
    }
});
