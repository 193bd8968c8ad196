public import Hardware
public import Quantities

/// What `lscpu` and `/proc/meminfo` say of a node's host.
public struct DetectedHost: Hashable, Sendable {
    /// The processor, where it is known to issue kernels at its own rate.
    public var processor: Hardware.Host.Processor?
    /// Cores of the node, without their second threads.
    public var cores: Int?
    /// Memory that the kernel has.
    public var memory: Bytes?

    /// Nothing known.
    public init() {}

    /// Reads `lscpu`, in the language of its keys as LC_ALL=C has them.
    static func lscpu(_ text: String) -> DetectedHost {
        var values: [Substring: Substring] = [:]
        for line in LogLines(text, labels: .launchers).prefix(4096) {
            guard let colon = line.text.firstIndex(of: ":") else { continue }
            let key = line.text[..<colon].drop { $0.isWhitespace }
            let value = line.text[line.text.index(after: colon)...].drop { $0.isWhitespace }
            if values[key] == nil { values[key] = value }
        }
        var host = DetectedHost()
        if let sockets = values["Socket(s)"].flatMap({ Int($0) }), let cores = values["Core(s) per socket"].flatMap({ Int($0) }),
            (1...256).contains(sockets), (1...4096).contains(cores)
        {
            host.cores = min(65_536, sockets * cores)
        }
        switch values["Architecture"] {
        case "x86_64": host.processor = .x86
        case "aarch64" where values["Model name"]?.contains("Neoverse-V2") == true || values["Model name"]?.contains("Grace") == true:
            host.processor = .grace
        default: break
        }
        return host
    }

    /// Reads `/proc/meminfo`: `MemTotal:       2113392128 kB`, which are KiB.
    public static func meminfo(_ text: String) -> Bytes? {
        for line in LogLines(text, labels: .launchers).prefix(256) where line.words.first == "MemTotal:" && line.words.count > 1 {
            return line.words[1].positive.map { Bytes($0 * 1024) }
        }
        return nil
    }
}
