import Hardware

/// The adapters that settings of UCX in a file allow a process, which tell what carried a measurement.
///
/// `UCX_NET_DEVICES` names devices, and `UCX_MAX_RNDV_RAILS` says how many of them a message is split over. One device, or one rail, is one
/// adapter; several devices tell only together with the rails, whose default differs between versions.
struct NamedDevices {
    private var devices: Int?
    private var rails: Int?

    /// Takes what a line sets, be it an assignment, an argument of `-x` or part of a command.
    mutating func read(_ line: Substring) {
        guard line.utf8.count < 4096, line.contains("UCX_") else { return }
        for word in line.split(whereSeparator: { $0.isWhitespace || $0 == "'" || $0 == "\"" || $0 == ";" }) {
            if let value = Self.value(word, "UCX_NET_DEVICES") {
                let names = Set(value.split(separator: ","))
                devices = names.isEmpty || names.contains("all") ? nil : names.count
            } else if let value = Self.value(word, "UCX_MAX_RNDV_RAILS") {
                rails = Int(value).flatMap { (1...64).contains($0) ? $0 : nil }
            }
        }
    }

    private static func value(_ word: Substring, _ name: String) -> Substring? {
        guard let equals = word.firstIndex(of: "="), word[..<equals].hasSuffix(name) else { return nil }
        return word[word.index(after: equals)...]
    }

    /// What of a node one process used; nil where the settings leave it open.
    var scope: MeasurementScope? {
        if devices == 1 || rails == 1 { return .adapters(1) }
        guard let devices, let rails else { return nil }
        return .adapters(min(devices, rails))
    }
}
