import type { ClientCapabilities } from 'vscode-languageserver';

/** Those abilities of a client that the server depends on. */
export interface ClientSupport {
  /** Answers `workspace/configuration`. */
  readonly configuration: boolean;
  /** Takes a registration for changes of the configuration. */
  readonly configurationEvents: boolean;
  /** Shows progress that the server begins. */
  readonly progress: boolean;
  /** Asks for lenses again when told to. */
  readonly lensRefresh: boolean;
  /** Refuses edits that were made for an older version. */
  readonly versionedEdits: boolean;
}

export function clientSupport({ workspace, window }: ClientCapabilities): ClientSupport {
  return {
    configuration: workspace?.configuration === true,
    configurationEvents: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    progress: window?.workDoneProgress === true,
    lensRefresh: workspace?.codeLens?.refreshSupport === true,
    versionedEdits: workspace?.workspaceEdit?.documentChanges === true,
  };
}
