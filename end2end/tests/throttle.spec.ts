// What somebody sees who has guessed too often. Few guesses are enough here.

import { signIn } from './support/page.ts';
import { ADA, PASSWORD, People } from './support/people.ts';
import { expect, testOfNewConsole as test } from './support/test.ts';

test.use({ settings: { USHER_THROTTLE_GUESSES_ACCOUNT_NETWORK: '2/1m' } });

test('after too many wrong passwords the page says how long to wait, and keeps the address', async ({
    usher,
    browserOf,
    visit,
}) => {
    const people = new People(usher);
    await people.setUp();
    const page = await browserOf();
    await visit(page, '/sign-in');
    for (const guess of ['nine owls repair my piano', 'ten owls repair my piano']) {
        await signIn(page, ADA.email, guess);
        await expect(page.getByRole('alert')).toContainText("doesn't match an account");
        await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
    }
    await signIn(page, ADA.email, PASSWORD);
    await expect(page.getByRole('alert')).toContainText(/Too many attempts\. Try again in \d+ seconds?\./);
    await expect(page.getByLabel('Email')).toHaveValue(ADA.email);
    await expect(page).toHaveURL(/\/sign-in/);
});
