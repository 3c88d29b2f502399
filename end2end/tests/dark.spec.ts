// Every page in the dark: axe-core finds nothing wrong with it, as in the light (`accessibility.spec.ts`).

import { faults } from './support/axe.ts';
import { PLACES } from './support/places.ts';
import { expect, test } from './support/test.ts';

// Each in a browser of its own: what an open dialog inherits Chromium does not paint anew when the device changes.
for (const place of PLACES) {
    test(`${place.name} in the dark`, async ({ town, browserOf, visit }) => {
        const page = await browserOf(place.as?.(town));
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        const response = await visit(page, place.address(town));
        expect(response?.status()).toBe(place.status ?? 200);
        await place.act?.(page, town);
        expect(await faults(page)).toEqual([]);
    });
}
