import ArgumentParser
import Hardware
import Interchange
import Search

/// How the ranks of a plan get their GPUs.
struct PlacementOptions: ParsableArguments {
    /// How ranks are placed, by the name of its flag.
    enum Method: String, ExpressibleByArgument, CaseIterable {
        case auto, exact, anneal, given, none
    }

    @Option(
        help: ArgumentHelp(
            "How ranks get their GPUs: auto (in order where all links are alike, else exact up to 10 nodes, annealed above), exact, anneal, "
                + "given (the map of --placement-file) or none (in order)."))
    var placement: Method?

    @Option(
        name: .customLong("placement-file"),
        help: ArgumentHelp("A map of ranks to GPUs: meshwright.placement/1, or the JSON of a plan.", valueName: "file"),
        completion: .file())
    var placementFile: String?

    func validate() throws {
        if placement == .given, placementFile == nil { throw ValidationError("--placement given needs --placement-file") }
        if let placement, placement != .given, placementFile != nil {
            throw ValidationError("--placement-file goes with --placement given, not \(placement.rawValue)")
        }
    }

    /// The method, with the map read where one is given.
    func method(on cluster: ClusterProfile) throws -> PlacementMethod {
        if let placementFile {
            let map = try PlacementDocument.read(path: placementFile, nodeNames: (0..<cluster.nodes).map(cluster.nodeName))
            guard map.count == cluster.gpus else {
                throw CommandFailure(
                    .badInput, "\(placementFile): the map places \(map.count) ranks and the job has \(cluster.gpus)")
            }
            return .given(map)
        }
        switch placement ?? .auto {
        case .auto, .given: return .auto
        case .exact: return .exact
        case .anneal: return .anneal
        case .none: return .none
        }
    }
}
