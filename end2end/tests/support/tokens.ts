// Access tokens and services, made and used as people and programs do it.

import { expect, type APIRequestContext, type Page } from '@playwright/test';
import { control, dialog } from './page.ts';
import type { Member, People } from './people.ts';

export const TOKENS = '/tokens';
export const ALL_TOKENS = '/organization/tokens';
export const SERVICES = '/organization/services';

type Fields = [string, string][];

/** Creates a token in the dialog of the page that is open; its secret. */
export async function createToken(page: Page, name: string, expiration?: string, comment = ''): Promise<string> {
    await control(page, 'Create Token').click();
    await dialog(page).getByLabel('Name', { exact: true }).fill(name);
    if (expiration) await dialog(page).getByLabel('Expiration').selectOption({ label: expiration });
    await dialog(page).getByLabel('Comment').fill(comment);
    await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('heading', { name: `Keep the token ${name}` })).toBeVisible();
    const secret = dialog(page).getByText(/^usher_\w+$/);
    await expect(secret).toBeVisible();
    return (await secret.innerText()).trim();
}

/** Adds a service in the same way; its secret. */
export async function addService(page: Page, name: string): Promise<string> {
    await control(page, 'Add Service').click();
    await dialog(page).getByLabel('Name', { exact: true }).fill(name);
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByRole('heading', { name: `Keep the secret of ${name}` })).toBeVisible();
    const secret = dialog(page).getByText(/^usher_\w+$/);
    await expect(secret).toBeVisible();
    return (await secret.innerText()).trim();
}

/** Makes a token without opening a page; its id. */
export async function makeToken(people: People, member: Member, name: string, more: Fields = []): Promise<string> {
    const fields = new Map([['name', name], ['expires', 'one_month'], ...more]);
    await people.actAs(member, '/api/tokens/create', [...fields]);
    const { tokens } = (await people.actAs(member, '/api/tokens/list_own', [])) as { tokens: { id: string; name: string }[] };
    return idOf(tokens, name);
}

/** The same for a service. */
export async function makeService(people: People, member: Member, name: string): Promise<string> {
    await people.actAs(member, '/api/services/create', [['name', name]]);
    const { services } = (await people.act('/api/services/list', [])) as { services: { id: string; name: string }[] };
    return idOf(services, name);
}

function idOf(found: { id: string; name: string }[], name: string): string {
    const one = found.find((one) => one.name === name);
    if (!one) throw new Error(`nothing is called ${name}`);
    return one.id;
}

/** What a script is answered that presents a token. */
export async function whoami(program: APIRequestContext, token: string): Promise<number> {
    const answer = await program.get('/v1beta1/auth/whoami', { headers: { Authorization: `Bearer ${token}` } });
    return answer.status();
}

/** What a service is answered that asks whose token it was shown. */
export async function introspect(program: APIRequestContext, secret: string, token: string): Promise<number> {
    const headers = { Authorization: `Bearer ${secret}` };
    const answer = await program.post('/oauth2/introspect', { headers, form: { token } });
    return answer.status();
}
