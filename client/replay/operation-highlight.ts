import * as vscode from 'vscode';
import type { TextRange } from '../../server/protocol.ts';

/** Shows in the text which operation the selected step belongs to. */
export class OperationHighlight implements vscode.Disposable {
  readonly #operation = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('editor.stackFrameHighlightBackground'),
    border: '1px solid',
    borderColor: new vscode.ThemeColor('contrastActiveBorder'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  readonly #step = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 2em', color: new vscode.ThemeColor('editorCodeLens.foreground') },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });

  /** Marks a place in every visible editor of the document, and writes the note behind its line. */
  show(uri: string, place: TextRange, note: string): void {
    this.clear();
    for (const editor of visibleEditors(uri)) {
      const range = toRange(place);
      const lineEnd = editor.document.lineAt(range.end.line).range.end;
      editor.setDecorations(this.#operation, [range]);
      editor.setDecorations(this.#step, [
        { range: new vscode.Range(lineEnd, lineEnd), renderOptions: { after: { contentText: note } } },
      ]);
    }
  }

  clear(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      editor.setDecorations(this.#operation, []);
      editor.setDecorations(this.#step, []);
    }
  }

  dispose(): void {
    this.#operation.dispose();
    this.#step.dispose();
  }
}

/** Scrolls to a place in every visible editor of the document; the cursor stays where it is. */
export function scrollToPlace(uri: string, place: TextRange): void {
  for (const editor of visibleEditors(uri)) {
    editor.revealRange(toRange(place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

/** Puts the cursor at a place, in an editor that shows the document or else in a new one. */
export async function goToPlace(uri: string, place: TextRange): Promise<void> {
  const visible = visibleEditors(uri)[0];
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), {
    viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
    selection: toRange(place),
  });
}

function visibleEditors(uri: string): vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter(({ document }) => document.uri.toString() === uri);
}

function toRange({ start, end }: TextRange): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
