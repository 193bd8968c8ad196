extension PlacementMap {
    /// The picture for a terminal: as many boxes side by side as fit in `width` columns; a cell says the stage, a dot an idle GPU.
    public func lines(width: Int) -> [StyledText] {
        let cell = String(stages - 1).count + 1
        let inner = max((nodes.map { $0.gpus.count * cell }.max() ?? 0) + 1, min(24, (nodes.map { $0.name.columns }.max() ?? 0) + 2))
        let perRow = max(1, width / (inner + 3))
        var lines: [StyledText] = []
        for start in stride(from: 0, to: nodes.count, by: perRow) {
            let row = nodes[start..<min(start + perRow, nodes.count)]
            lines.append(row.reduce("") { $0 + top($1, inner) + " " }.withoutTrailingSpaces)
            lines.append(row.reduce("") { $0 + cells($1, inner, cell) + " " }.withoutTrailingSpaces)
            lines.append(
                row.reduce("") { text, _ in text + StyledText("└" + String(repeating: "─", count: inner) + "┘ ") }.withoutTrailingSpaces)
        }
        return lines
    }

    private func top(_ node: Node, _ inner: Int) -> StyledText {
        let name = StyledText(node.name, .bold).cut(to: inner - 2)
        return StyledText("┌ ") + name + StyledText(" " + String(repeating: "─", count: max(0, inner - 2 - name.width)) + "┐")
    }

    private func cells(_ node: Node, _ inner: Int, _ width: Int) -> StyledText {
        var text: StyledText = "│"
        for gpu in node.gpus {
            let label = gpu.map { String($0.stage) } ?? "·"
            let padded = String(repeating: " ", count: max(0, width - label.count)) + label
            text.append(
                padded, gpu.map { TextStyle(foreground: Self.ink(stage: $0.stage), background: Self.colour(stage: $0.stage)) } ?? .dim)
        }
        text.append(String(repeating: " ", count: max(0, inner - node.gpus.count * width)) + "│")
        return text
    }
}
