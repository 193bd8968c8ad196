import Foundation
import Schedules

/// Schedules that other programs generated, found beside the package; tests that need them are skipped where they are not.
enum Oracles {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/data/schedules")

    static var areHere: Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "makespans.jsonl").path)
    }

    /// A line of `torch_orders.jsonl`.
    struct TorchOrder: Decodable {
        var schedule: String
        var pp: Int
        var v: Int
        var m: Int
        var ranks: [[String]]
        var stageRanks: [String: Int]?
        var totalSteps: Double?

        enum CodingKeys: String, CodingKey {
            case schedule, pp, v, m, ranks
            case stageRanks = "stage_to_rank"
            case totalSteps = "total_steps_F1_B2_I1_W1"
        }

        var named: PipelineSchedule? {
            switch schedule {
            case "GPipe": .gpipe
            case "1F1B": .oneForwardOneBackward
            case "Interleaved1F1B": .interleaved
            case "InterleavedZeroBubble": .interleavedZeroBubble
            case "LoopedBFS": .loopedBFS
            case "ZBVZeroBubble": .zbV
            case "DualPipeV": .dualPipeV
            default: nil
            }
        }
    }

    /// A line of `makespans.jsonl`.
    struct Makespan: Decodable {
        var schedule: String
        var pp: Int
        var v: Int
        var m: Int
        var file: String?
        var forward: Double
        var input: Double
        var weight: Double
        var pair: Double?
        var latency: Double
        var makespan: Double
        var span: Double
        var peakInFlight: [Int]
        var ranks: [[String]]?

        enum CodingKeys: String, CodingKey {
            case schedule, pp, v, m, file, makespan, span, ranks
            case forward = "t_F"
            case input = "t_I"
            case weight = "t_W"
            case pair = "t_FB"
            case latency = "t_comm"
            case peakInFlight = "peak_in_flight"
        }

        var named: PipelineSchedule? {
            switch schedule {
            case "DualPipe": .dualPipe
            case "DualPipeV": .dualPipeV
            case "MegatronInterleaved": .interleaved
            case "MegatronCombined1F1B": .combined1F1B
            case "ZB-H2": .zbH2
            default: nil
            }
        }

        /// Interleaved lines say their group size in the name of the file they came from.
        var groupSize: Int? {
            file.flatMap { $0.firstMatch(of: /_N(\d+)/) }.flatMap { Int($0.1) }
        }
    }

    static func lines<Line: Decodable>(_ file: String, _: Line.Type) throws -> [Line] {
        try String(contentsOf: folder.appending(path: file), encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }
}

extension StageTimes {
    /// Equal stages whose links have a pure latency and whose pairs take `pair`.
    init(_ order: ScheduleOrder, forward: Double, input: Double, weight: Double, latency: Double = 0, pair: Double? = nil) {
        self.init(stages: order.chainLength, forward: forward, backwardInput: input, backwardWeight: weight)
        setLinks(ranks: order.rankCount, latency: latency)
        if let pair { setOverlappedPair(factor: pair / (forward + input + weight)) }
    }
}
