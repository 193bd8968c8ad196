import ArgumentParser
import Calculators
import Documents
import Foundation
import Quantities

/// `meshwright calculate block-grid`: node embeddings trained block by block.
struct BlockGridCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block-grid",
        abstract: "Node embeddings trained on a grid of edge blocks: memory, transfers and time.",
        discussion: """
            After GraphVite (arXiv:1903.00757), in closed form. meshwright calculate block-grid --vertices 1.14M --edges 4.95M --epochs 4000 --dimension \
            128 --gpus 4
            """)

    @Option(help: "Vertices.", transform: CountArgument("--vertices", of: "graph node").number) var vertices: Double
    @Option(help: "Edges.", transform: CountArgument("--edges", of: "edge").number) var edges: Double
    @Option(help: "Passes over the edges.", transform: CountArgument("--epochs", of: "epoch").number) var epochs: Double
    @Option(help: "Width of an embedding.") var dimension: Int
    @Option(help: "GPUs, which is the number of parts.") var gpus: Int
    @Option(help: "Negative samples for an edge.") var negatives = 1
    @Option(help: "Samples between two exchanges of all parts.", transform: CountArgument("--episode", of: "sample").number)
    var episode = 2e8
    @Option(name: .customLong("memory-bandwidth"), help: ArgumentHelp("Of a GPU.", valueName: "rate"), transform: RateArgument.bytes)
    var memory = BytesPerSecond(900e9)
    @Option(help: ArgumentHelp("Bandwidth between a GPU and the host.", valueName: "rate"), transform: RateArgument.bytes)
    var link = BytesPerSecond(12e9)
    @Option(name: .customLong("access-share"), help: "Share of the memory's bandwidth that rows at random places reach.")
    var accessShare = 0.5
    @Option(
        name: .customLong("sample-rate"),
        help: ArgumentHelp("Samples a second that the processors make. By default enough.", valueName: "count"),
        transform: CountArgument("--sample-rate", of: "sample").number)
    var sampleRate: Double?
    @Option(help: "Threads of processors for each GPU, which all but one draw samples.") var threads = 6
    @Option(help: "Samples of a batch, as they go to the GPU.", transform: CountArgument("--batch", of: "sample").number)
    var batch = 1e5
    @Flag(help: "Keep each GPU's vertices where they are and exchange contexts alone.") var fixed = false
    @OptionGroup var output: PlainFormatOption

    func validate() throws {
        for (name, value, most) in [
            ("--dimension", dimension, 65_536), ("--gpus", gpus, 65_536), ("--negatives", negatives, 10_000), ("--threads", threads, 1024),
        ]
        where !(1...most).contains(value) {
            throw ValidationError("\(name) \(value): between 1 and \(most)")
        }
        for (name, value) in [("--vertices", vertices), ("--edges", edges), ("--epochs", epochs)] where value > 1e15 {
            throw ValidationError("\(name) \(value): at most 1e15")
        }
        guard accessShare > 0, accessShare <= 1 else { throw ValidationError("--access-share \(accessShare): above 0 and at most 1") }
    }

    func run() throws {
        var grid = BlockGrid(
            vertices: vertices, samples: edges * epochs, dimension: Double(dimension), gpus: gpus, negatives: Double(negatives),
            episode: episode, memoryRate: memory.value, accessShare: accessShare, linkRate: link.value, sampleRate: sampleRate)
        (grid.threads, grid.batch) = (Double(threads), batch)
        let time = grid.time(fixesVertices: fixed)
        let transfer = grid.transfer(fixesVertices: fixed)
        switch output.format {
        case .json:
            let fields: [YAMLField] = [
                YAMLField("schema", "meshwright.block-grid/1"), YAMLField("memory_bytes", .number(grid.memory)),
                YAMLField("transfer_bytes_a_round", .number(transfer)), YAMLField("samples_per_s", .number(grid.trainRate)),
                YAMLField("time_s", .number(time)),
            ]
            Console.print(JSONWriter.text(.mapping(fields)), terminator: "")
        case .text:
            ErrorReporting.warn(
                "assumed: \(memory.value / 1e9) GB/s of memory, \(accessShare) of it at random places (unverified), "
                    + "\(link.value / 1e9) GB/s to the host, \(Int(BlockGrid.context / 1_048_576)) MiB of CUDA itself (V100)")
            Console.print(String(format: "memory of a GPU     %.0f MiB", grid.memory / 1_048_576))
            Console.print(String(format: "moved in a round    %.1f MiB a GPU", transfer / 1_048_576))
            Console.print(String(format: "trained             %.0f M samples/s", grid.trainRate / 1e6))
            Console.print(String(format: "time                %.3g s", time))
        }
    }
}
