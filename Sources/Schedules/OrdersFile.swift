public import Foundation

/// Orders that users write themselves, in the format of PyTorch's dumps: one JSON object a line.
///
/// `ranks` holds each rank's list of operations; `schedule`, `stage_to_rank` and `m` are optional. A file without braces is read as plain
/// text: one rank a line, operations separated by spaces or commas, lines that begin with `#` left out.
public enum OrdersFile {
    private struct Line: Decodable {
        var schedule: String?
        var m: Int?
        var ranks: [[String]]
        var stageRanks: [String: Int]?

        enum CodingKeys: String, CodingKey {
            case schedule, m, ranks
            case stageRanks = "stage_to_rank"
        }
    }

    /// Reads every order of a file's contents. Throws what is wrong with the first that does not work; deadlocks show in simulation.
    public static func read(_ data: Data) throws(ScheduleError) -> [ScheduleOrder] {
        guard let text = String(data: data, encoding: .utf8) else { throw .unreadableOrders(reason: "not UTF-8 text") }
        guard let first = text.first(where: { !$0.isWhitespace }) else { throw .unreadableOrders(reason: "the file is empty") }
        guard first == "{" else { return [try plainText(text)] }
        if let whole = try? JSONDecoder().decode(Line.self, from: data) { return [try order(whole)] }
        var orders: [ScheduleOrder] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy(\.isWhitespace) { continue }
            let parsed: Line
            do {
                parsed = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
            } catch {
                throw .unreadableOrders(reason: "line \(number + 1) is not a JSON object with a list \"ranks\" of lists of operations")
            }
            orders.append(try order(parsed))
        }
        return orders
    }

    private static func plainText(_ text: String) throws(ScheduleError) -> ScheduleOrder {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
        let ranks = lines.map { $0.split { $0.isWhitespace || $0 == "," }.map(String.init) }
        return try ScheduleOrder(name: "orders", ranks: ranks)
    }

    private static func order(_ line: Line) throws(ScheduleError) -> ScheduleOrder {
        var stageRanks: [Int]?
        if let map = line.stageRanks {
            var ranks: [Int] = []
            for stage in 0..<map.count {
                guard let rank = map[String(stage)] else {
                    throw .unreadableOrders(reason: "stage_to_rank has \(map.count) entries, but none for stage \(stage)")
                }
                ranks.append(rank)
            }
            stageRanks = ranks
        }
        return try ScheduleOrder(name: line.schedule ?? "orders", ranks: line.ranks, stageRanks: stageRanks, microBatches: line.m)
    }
}
