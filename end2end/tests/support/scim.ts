// Provisioning: its tokens, and what an identity provider does by them.

import { expect, type APIRequestContext, type Page } from '@playwright/test';
import { control, dialog } from './page.ts';
import type { People } from './people.ts';

export const SCIM = '/organization/iam/scim';

/** Adds a token in the dialog of the page that is open; the token. */
export async function addScimToken(page: Page, name: string): Promise<string> {
    await control(page, 'Add Token').click();
    await dialog(page).getByLabel('Name', { exact: true }).fill(name);
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByRole('heading', { name: `Keep the token of ${name}` })).toBeVisible();
    const token = dialog(page).getByText(/^usher_scim_\w+$/);
    await expect(token).toBeVisible();
    return (await token.innerText()).trim();
}

/** The same without opening a page; its id. */
export async function makeScimToken(people: People, name: string): Promise<string> {
    await people.act('/api/scim/create_token', [['name', name]]);
    const { tokens } = (await people.act('/api/scim/view', [])) as { tokens: { id: string; name: string }[] };
    const made = tokens.find((one) => one.name === name);
    if (!made) throw new Error(`no token is called ${name}`);
    return made.id;
}

/** What an identity provider is answered that asks for the people. */
export async function askForPeople(program: APIRequestContext, address: string, token: string): Promise<number> {
    const answer = await program.get(`${address}/Users?count=1`, { headers: { Authorization: `Bearer ${token}` } });
    return answer.status();
}
