// Services outside that ask the console, as an administrator lets them.

import { choose, control, dialog, expectFault, follow, rowOf } from './support/page.ts';
import { newAddress, person } from './support/people.ts';
import { expect, test } from './support/test.ts';
import { addService, introspect, makeService, SERVICES } from './support/tokens.ts';

test.use({ crowd: 'services' });

test('a secret is shown once, and asks until the service is deleted', async ({ usher, people, browserOf, visit, request }) => {
    const page = await browserOf(people.admin);
    await visit(page, '/');
    await follow(page, 'Services');
    const secret = await addService(page, 'Billing');
    for (const path of ['/oauth2/introspect', '/api/v1/decisions']) await expect(dialog(page)).toContainText(`POST ${usher.url}${path}`);

    await page.reload();
    await expect(page.getByRole('heading', { name: 'A secret is shown once' })).toBeVisible();
    await visit(page, SERVICES);
    await expect(page.getByText(secret)).toHaveCount(0);
    const row = rowOf(page, 'Billing');
    await expect(row).toContainText('Never asked');
    await expect(row).toContainText('Ada Lovelace');

    expect(await introspect(request, secret, 'usher_nothing')).toBe(200);
    await visit(page, SERVICES);
    await expect(row).not.toContainText('Never asked');

    await choose(page, 'Billing', 'Delete…');
    await expect(dialog(page)).toContainText('It last asked');
    await control(dialog(page), 'Delete').click();
    await expect(page.getByText('The service is deleted.')).toBeVisible();
    await expect(row).toHaveCount(0);
    expect(await introspect(request, secret, 'usher_nothing')).toBe(401);
});

test('a name that is taken is refused at its field and stays', async ({ people, browserOf, visit }) => {
    await makeService(people, people.admin, 'Gateway');
    const page = await browserOf(people.admin);
    await visit(page, SERVICES);
    await control(page, 'Add Service').click();
    const name = dialog(page).getByLabel('Name', { exact: true });
    await name.fill('gateway');
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await expectFault(name, /This name is taken/);
    await expect(name).toHaveValue('gateway');
});

test('a service whose maker is deactivated says so', async ({ people, browserOf, visit }) => {
    const sofia = person('Sofia', 'Kovalevskaya', newAddress('sofia'));
    await makeService(people, await people.join(sofia, ['admin']), 'Old gateway');
    const page = await browserOf(people.admin);
    await visit(page, SERVICES);
    const row = rowOf(page, 'Old gateway');
    await expect(row).toContainText('Sofia Kovalevskaya');
    await expect(row).not.toContainText('Deactivated');
    await people.deactivate(sofia.email);
    await visit(page, SERVICES);
    await expect(row).toContainText('Deactivated');
    await expect(row).toContainText('They know its secret. Add another one and delete this.');
});

test('whoever only looks sees the services, and who can add them', async ({ people, browserOf, visit }) => {
    await makeService(people, people.admin, 'Storage');
    const page = await browserOf(await people.join(person('Grace', 'Hopper', newAddress('grace')), ['read']));
    await visit(page, SERVICES);
    await expect(rowOf(page, 'Storage')).toBeVisible();
    await expect(page.getByLabel('Actions for Storage')).toHaveCount(0);
    await expect(control(page, 'Add Service')).toHaveAccessibleDescription('Only an IAM Admin can add and delete services.');
    for (const hidden of ['add', 'secret']) {
        await visit(page, `${SERVICES}?dialog=${hidden}`);
        await expect(dialog(page)).toHaveCount(0);
    }
});

test('whoever may not look is told so', async ({ people, browserOf, visit }) => {
    const page = await browserOf(await people.join(person('Ida', 'Rhodes', newAddress('ida'))));
    const response = await visit(page, SERVICES);
    expect(response?.status()).toBe(403);
    await expect(page.getByRole('main').getByText('Ada Lovelace')).toBeVisible();
});

test('what can be asked is there to be read', async ({ people, browserOf, visit }) => {
    const page = await browserOf(people.admin);
    await visit(page, SERVICES);
    await page.getByRole('link', { name: 'API', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'API' })).toBeVisible();
    const question = page.locator('details', { hasText: 'Makes a policy.' });
    const rules = question.getByText('rules[].roles', { exact: true });
    await expect(rules).toBeHidden();
    await question.locator('summary').click();
    await expect(rules).toBeVisible();
    await expect(question.getByText('Idempotency-Key', { exact: true })).toBeVisible();
});
