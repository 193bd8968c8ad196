import ArgumentParser
import Hardware
import Reports
import Workload

/// `meshwright model list`: the shipped models with their sizes.
struct ModelListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the shipped models and their sizes.")

    @OptionGroup var output: PlainFormatOption

    func run() throws {
        let library = ProfileLibrary.installed
        let models = try library.names(of: .model).map { try library.model($0) }
        switch output.format {
        case .json: Console.print(try JSONText.string(of: ModelListDocument(models: models.map(ModelListDocument.Entry.init))))
        case .text: Console.print(Self.text(models), terminator: "")
        }
    }

    /// One line a model.
    static func text(_ models: [TransformerModel]) -> String {
        let columns: [TextTable.Column] = [
            .init("model"), .init("parameters", .trailing), .init("active", .trailing), .init("layers", .trailing),
            .init("hidden", .trailing), .init("heads", .trailing), .init("experts", .trailing), .init("sequence", .trailing),
        ]
        let rows = models.map { model in
            let count = model.parameters
            return [
                model.name, CountText.counted(Double(count.total)), CountText.counted(Double(count.active)), "\(model.layers)",
                "\(model.hidden)", model.attention.map { "\($0.heads)" } ?? "", model.experts.map { "\($0.count)" } ?? "",
                model.maxSequenceLength.map { "\($0)" } ?? "",
            ].map { StyledText($0) }
        }
        return TextTable(columns, rows: rows).rendered(width: .max / 2, colour: .none)
    }
}

/// The JSON form of `model list`.
struct ModelListDocument: Encodable {
    var schema = "meshwright.model-list/1"
    var models: [Entry]

    /// A model and its two sizes.
    struct Entry: Encodable {
        var name: String
        var source: String
        var total: Int
        var active: Int

        init(_ model: TransformerModel) {
            let count = model.parameters
            (name, source, total, active) = (model.name, model.source, count.total, count.active)
        }
    }
}
