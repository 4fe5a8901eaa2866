// Captured output as read-only documents: asks the server for the text of a samuel-log: address and
// re-reads it when the server says that it changed (workspace/textDocumentContent of LSP 3.18).

import * as vscode from "vscode";
import type { BaseLanguageClient, ClientCapabilities, FeatureState, StaticFeature } from "vscode-languageclient/node";

/** The scheme of captured logs. */
export const logScheme = "samuel-log";

/** The client's half of workspace/textDocumentContent. */
export class LogDocuments implements StaticFeature {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private registration: vscode.Disposable | undefined;

  constructor(private readonly client: BaseLanguageClient) {}

  fillClientCapabilities(capabilities: ClientCapabilities): void {
    // The protocol package of this client is older than the capability.
    const workspace = (capabilities.workspace ??= {}) as Record<string, unknown>;
    workspace.textDocumentContent = { dynamicRegistration: false };
  }

  initialize(): void {
    this.client.onRequest("workspace/textDocumentContent/refresh", (params: { uri: string }) => {
      this.changed.fire(vscode.Uri.parse(params.uri));
    });
    this.registration = vscode.workspace.registerTextDocumentContentProvider(logScheme, {
      onDidChange: this.changed.event,
      provideTextDocumentContent: async (uri, token) => {
        const params = { uri: this.client.code2ProtocolConverter.asUri(uri) };
        const reply = await this.client.sendRequest<{ text: string }>("workspace/textDocumentContent", params, token);
        return reply.text;
      },
    });
  }

  getState(): FeatureState {
    return { kind: "static" };
  }

  clear(): void {
    this.registration?.dispose();
    this.registration = undefined;
  }
}
