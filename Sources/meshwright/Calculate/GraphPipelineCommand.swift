import ArgumentParser
import Calculators
import Documents
import Foundation
import Quantities
import Reports

/// `meshwright calculate gnn-pipeline`: full-graph training of a graph network by parts, by layers, or both.
struct GraphPipelineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gnn-pipeline",
        abstract: "Full-graph training of a graph network over GPUs: by parts of the graph, by layers, and by both.",
        discussion: """
            After GNNPipe (arXiv:2308.10087), in closed form. meshwright calculate gnn-pipeline --vertices 2.4M --edges 62M --features 256 --layers 32 \
            --gpus 8 --boundary 2
            """)

    @Option(help: "Vertices.", transform: CountArgument("--vertices", of: "graph node").number) var vertices: Double
    @Option(help: "Edges.", transform: CountArgument("--edges", of: "edge").number) var edges: Double
    @Option(help: "Features of a vertex in every layer.", transform: CountArgument("--features", of: "feature").number) var features: Double
    @Option(help: "Layers.") var layers: Int
    @Option(help: "GPUs.") var gpus: Int

    @Option(
        help: ArgumentHelp(
            "Vertices that other parts need, each once for every such part, over all vertices, with as many parts as GPUs.",
            valueName: "ratio"))
    var boundary: Double

    @Option(help: "Chunks of the graph in a pipeline. By default four for each GPU.") var chunks: Int?
    @Option(help: ArgumentHelp("FLOP/s of a GPU.", valueName: "rate"), transform: RateArgument.compute)
    var compute = FLOPsPerSecond(14e12)
    @Option(name: .customLong("memory-bandwidth"), help: ArgumentHelp("Of a GPU.", valueName: "rate"), transform: RateArgument.bytes)
    var memory = BytesPerSecond(900e9)
    @Option(help: ArgumentHelp("Bandwidth of a GPU to others.", valueName: "rate"), transform: RateArgument.bytes)
    var network = BytesPerSecond(12.5e9)
    @OptionGroup var output: PlainFormatOption

    func validate() throws {
        for (name, value, most) in [("--layers", layers, 100_000), ("--gpus", gpus, 65_536), ("--chunks", chunks ?? 1, 1_000_000)]
        where !(1...most).contains(value) {
            throw ValidationError("\(name) \(value): between 1 and \(most)")
        }
        for (name, value) in [("--vertices", vertices), ("--edges", edges), ("--features", features)] where value > 1e15 {
            throw ValidationError("\(name) \(value): at most 1e15")
        }
        guard boundary >= 0, boundary <= Double(gpus) else {
            throw ValidationError("--boundary \(boundary): between 0 and the number of GPUs, as no vertex is needed by more parts")
        }
        if gpus == 1, boundary > 0 { throw ValidationError("--boundary \(boundary): one GPU has no other part to fetch from; 0") }
    }

    func run() throws {
        let graph = GraphPipeline(
            vertices: vertices, edges: edges, features: features, layers: layers, gpus: gpus, boundary: boundary,
            chunks: chunks ?? 4 * gpus,
            compute: compute.value, memoryRate: memory.value, networkRate: network.value)
        let splits = graph.splits
        let best = splits.min { $0.time < $1.time }
        switch output.format {
        case .json:
            let items = splits.map { split -> YAMLContent in
                .inline([
                    YAMLField("stages", .integer(split.stages)), YAMLField("parts", .integer(split.parts)),
                    YAMLField("volume_bytes", .number(split.volume)), YAMLField("epoch_s", .number(split.time)),
                    YAMLField("memory_bytes", .number(split.memory)),
                ])
            }
            let fields = [
                YAMLField("schema", "meshwright.gnn-pipeline/1"), YAMLField("splits", .list(items)),
                YAMLField("fastest_stages", .integer(best?.stages ?? 1)),
            ]
            Console.print(JSONWriter.text(.mapping(fields)), terminator: "")
        case .text:
            ErrorReporting.warn(
                "assumed: \(compute.value / 1e12) TFLOP/s, \(memory.value / 1e9) GB/s of memory and \(network.value / 1e9) GB/s to others; "
                    + "\(graph.chunks) chunks")
            let rows = splits.map { split in
                [
                    "\(split.stages)", "\(split.parts)", String(format: "%.3f", split.volume / 1e9), String(format: "%.3f", split.time),
                    String(format: "%.2f", split.memory / 1_073_741_824), split == best ? "fastest" : "",
                ].map { StyledText($0) }
            }
            let table = TextTable(
                [
                    .init("stages", .trailing), .init("parts", .trailing), .init("GB an epoch", .trailing), .init("s an epoch", .trailing),
                    .init("GiB a GPU", .trailing), .init(""),
                ], rows: rows)
            Console.print(table.rendered(width: .max / 2, colour: .none), terminator: "")
        }
    }
}
