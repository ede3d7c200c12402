/** Pending Changes on the screen, and what it shows. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ShopMasterExtension } from '../../../src/extension';
import { activated, configuredShop, configureExtension, unconfigure, until, type Shop } from './support';

export type Node = NonNullable<Parameters<ShopMasterExtension['pendingChanges']['getTreeItem']>[0]>;

/** Labels by group; a group is its label and its count. */
export type Outline = Readonly<Record<string, readonly string[]>>;

export function run(command: string, ...args: readonly unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`shopmaster.${command}`, ...args);
}

/** The products of every shop, and nothing in ChangeLog. */
const beginning = `DELETE FROM dbo.Products;
  INSERT INTO dbo.Products (ProductID, ProductName, SellPrice, QrCode, Status)
  VALUES ('P000001', N'Bread No. 1', 1.07, 'qr-1', 1), ('P000002', N'Butter No. 2', 2.14, 'qr-2', 1), ('P000003', N'Cheese No. 3', 3.21, 'qr-3', 1);
  DELETE FROM dbo.ChangeLog;`;

export class PendingChangesTree {
  /** Made once, as that takes long. */
  private shared: Shop | null = null;

  private constructor(readonly parts: ShopMasterExtension) {}

  /** Puts the view on the screen. */
  static async shown(): Promise<PendingChangesTree> {
    const tree = new PendingChangesTree(await activated());
    await vscode.commands.executeCommand('shopmaster.pendingChanges.focus');
    await until(() => tree.view.visible, 'the view is on the screen');
    return tree;
  }

  /** Everything as it was found. */
  async leave(): Promise<void> {
    await unconfigure();
    await vscode.commands.executeCommand('workbench.view.explorer');
    await until(() => !this.view.visible, 'the view is hidden');
  }

  get view(): vscode.TreeView<Node> {
    return this.parts.pendingChanges.view;
  }

  get message(): string {
    return this.view.message ?? '';
  }

  /** With its tooltip, as VS Code has it where the pointer rests. */
  itemOf(node: Node): vscode.TreeItem {
    const { pendingChanges } = this.parts;
    return pendingChanges.resolveTreeItem(pendingChanges.getTreeItem(node), node);
  }

  labelOf(node: Node): string {
    const { label } = this.itemOf(node);
    return typeof label === 'string' ? label : (label?.label ?? '');
  }

  async roots(): Promise<readonly Node[]> {
    return this.parts.pendingChanges.getChildren();
  }

  async outline(): Promise<Outline> {
    const groups: Record<string, readonly string[]> = {};
    for (const root of await this.roots()) {
      const { description } = this.itemOf(root);
      const children = await this.parts.pendingChanges.getChildren(root);
      groups[`${this.labelOf(root)} ${String(description)}`] = children.map((node) => this.labelOf(node));
    }
    return groups;
  }

  async group(contextValue: string): Promise<Node> {
    const found = (await this.roots()).find((node) => this.itemOf(node).contextValue === contextValue);
    assert.ok(found, `There is no ${contextValue}.`);
    return found;
  }

  async rowsOf(contextValue: string): Promise<readonly Node[]> {
    return this.parts.pendingChanges.getChildren(await this.group(contextValue));
  }

  async onlyRow(contextValue: string): Promise<Node> {
    const [row, ...others] = await this.rowsOf(contextValue);
    assert.deepEqual(others, []);
    assert.ok(row);
    return row;
  }

  /** Resolves when the tree has come to this by itself. */
  async comesTo(expected: Outline): Promise<void> {
    let last: Outline = {};
    await until(
      async () => {
        last = await this.outline();
        return JSON.stringify(last) === JSON.stringify(expected);
      },
      `the tree is ${JSON.stringify(expected)}`,
    ).catch((failure: unknown) => {
      throw new Error(`It is ${JSON.stringify(last)}.`, { cause: failure });
    });
  }

  /** A shop of three products that never syncs; these changes of it are in the tree. Tests share it. */
  async shop(sql: string): Promise<Shop> {
    this.shared ??= await configuredShop();
    const { shared } = this;
    const inUse = this.parts.currentShop.settings?.sqlServer.database;
    if (inUse !== shared.sqlServer.database) await configureExtension(shared);
    await shared.query(beginning);
    await shared.query(sql);
    await run('refresh');
    return shared;
  }

  /** As `shop`, for one test alone. */
  async ownShop(sql: string): Promise<Shop> {
    const shop = await configuredShop();
    await shop.query(beginning);
    await shop.query(sql);
    await run('refresh');
    return shop;
  }

  /** A shop whose Digible refuses P000002 until its faults are taken away. */
  async shopWithRejected(): Promise<Shop> {
    const shop = await configuredShop();
    await shop.admin('POST', 'faults', {
      kind: 'refused',
      status: 422,
      message: 'The price of *this* is too high.',
      productIds: ['P000002'],
    });
    await shop.query("UPDATE dbo.Products SET SellPrice = 9999 WHERE ProductID = 'P000002'");
    await run('syncNow');
    await this.comesTo({ 'Rejected 1': ['Butter No. 2  9999.00'] });
    return shop;
  }
}
