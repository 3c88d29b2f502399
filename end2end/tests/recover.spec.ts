// An administrator who can't sign in any more is let in again by the operator.

import { control, signIn } from './support/page.ts';
import { newAddress, PASSWORD, person } from './support/people.ts';
import { recoveryOf } from './support/places.ts';
import { expect, test } from './support/test.ts';

const NEW = 'nine herons carry my ladder';

test('the link of the operator leads to a new password, once', async ({ usher, people, browserOf, visit }) => {
    const grace = await people.join(person('Grace', 'Hopper', newAddress('grace')), ['admin']);
    const before = await browserOf(grace);
    const link = await recoveryOf(usher, grace.email);
    await before.goto('/organization/users');
    await expect(before).toHaveURL(/\/sign-in/);

    const page = await browserOf();
    await visit(page, link);
    await expect(page.getByLabel('Email')).toHaveValue(grace.email);
    await page.getByLabel('Password', { exact: true }).fill('short');
    await control(page, 'Save and sign in').click();
    await expect(page.getByText(/15 characters/).first()).toBeVisible();
    await page.getByLabel('Password', { exact: true }).fill(NEW);
    await control(page, 'Save and sign in').click();
    await expect(page.getByRole('heading', { name: 'Welcome, Grace Hopper' })).toBeVisible();

    const stranger = await browserOf();
    expect((await visit(stranger, link))?.status()).toBe(410);
    await expect(stranger.getByRole('heading', { name: /doesn't work any more/ })).toBeVisible();
    await visit(stranger, '/sign-in');
    await signIn(stranger, grace.email, PASSWORD);
    await expect(stranger.getByRole('alert')).toBeVisible();
    await signIn(stranger, grace.email, NEW);
    await expect(stranger.getByRole('heading', { name: 'Welcome, Grace Hopper' })).toBeVisible();
});
