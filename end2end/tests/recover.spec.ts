// An administrator who can't sign in any more is let in again by the operator.

import { control, expectFault, signIn } from './support/page.ts';
import { ADA, nameOf, PASSWORD, People, recoveryOf } from './support/people.ts';
import { expect, testOfNewConsole as test } from './support/test.ts';

const NEW = 'nine herons carry my ladder';
const WELCOME = `Welcome, ${nameOf(ADA)}`;

test('the link of the operator leads to a new password, once', async ({ usher, browserOf, visit }) => {
    const before = await browserOf(await new People(usher).setUp());
    const link = await recoveryOf(usher, ADA.email);
    await before.goto('/organization/users');
    await expect(before).toHaveURL(/\/sign-in/);

    const page = await browserOf();
    await visit(page, link);
    await expect(page.getByLabel('Email')).toHaveValue(ADA.email);
    const password = page.getByLabel('Password', { exact: true });
    await password.fill('short');
    await control(page, 'Save and sign in').click();
    await expectFault(password, /15 characters/);
    await password.fill(NEW);
    await control(page, 'Save and sign in').click();
    await expect(page.getByRole('heading', { name: WELCOME })).toBeVisible();

    const stranger = await browserOf();
    expect((await visit(stranger, link))?.status()).toBe(410);
    await expect(stranger.getByRole('heading', { name: /doesn't work any more/ })).toBeVisible();
    await visit(stranger, '/sign-in');
    await signIn(stranger, ADA.email, PASSWORD);
    await expect(stranger.getByRole('alert')).toBeVisible();
    await signIn(stranger, ADA.email, NEW);
    await expect(stranger.getByRole('heading', { name: WELCOME })).toBeVisible();
});
