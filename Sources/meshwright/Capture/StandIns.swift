import Foundation
import Interchange

/// Programs that stand in for launchers and write down how they are called instead of starting anything.
struct StandIns {
    /// The folder with the programs, to stand first in PATH, and the one with what they wrote down.
    private let programs: URL
    private let records: URL

    /// What launches trainings and is written down.
    static let launchers = [
        "torchrun", "deepspeed", "accelerate", "srun", "mpirun", "mpiexec", "mpiexec.hydra", "prun", "jsrun", "pdsh", "ssh", "python",
        "python3",
        "singularity", "apptainer", "docker", "enroot",
    ]

    /// Makes the programs in a folder of their own; `gpus` is what nvidia-smi lists.
    init(in folder: URL, gpus: Int) throws {
        programs = folder.appending(path: "bin")
        records = folder.appending(path: "started")
        let files = FileManager.default
        for place in [programs, records] { try files.createDirectory(at: place, withIntermediateDirectories: true) }
        for name in Self.launchers { try write(Self.recorder(name), as: name) }
        try write(Self.submission, as: "sbatch")
        let lines = (0..<gpus).map { "echo 'GPU \($0)'" }.joined(separator: "\n")
        try write("#!/bin/sh\n\(lines)\n", as: "nvidia-smi")
    }

    private func write(_ text: String, as name: String) throws {
        let file = programs.appending(path: name)
        try text.write(to: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    /// Writes name, folder, number of arguments, arguments and environment, each ended by a zero byte, into a file of its own.
    ///
    /// Python's `-c`, `--version` and `-V` compute values for scripts; they go to the Python behind the stand-in.
    private static func recorder(_ name: String) -> String {
        let passedOn = """
            case "${1:-}" in -c|--version|-V)
                PATH=$MESHWRIGHT_CAPTURE_PATH exec \(name) "$@" ;;
            esac

            """
        return """
            #!/bin/sh
            \(name.hasPrefix("python") ? passedOn : "")file=$MESHWRIGHT_CAPTURE/$(date +%s%N).$$
            { printf '%s\\0' "\(name)" "$PWD" "$#" "$@"; env -0; } >"$file.part" && mv "$file.part" "$file"
            """ + "\n"
    }

    /// A batch job is its script: that is run, with the stand-ins in its PATH.
    private static let submission = """
        #!/bin/sh
        for word; do
            case $word in --wrap=*) exec sh -c "${word#--wrap=}" ;; esac
        done
        while [ $# -gt 0 ]; do
            if [ -f "$1" ]; then exec bash "$@"; fi
            shift
        done

        """

    /// The environment in which a script meets the stand-ins.
    func environment(_ outer: [String: String]) -> [String: String] {
        let path = outer["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return outer.merging([
            "PATH": "\(programs.path):\(path)", "MESHWRIGHT_CAPTURE": records.path, "MESHWRIGHT_CAPTURE_PATH": path,
        ]) { $1 }
    }

    /// What was written down, in the order in which it would have started.
    func starts() throws -> [CapturedStarts.Start] {
        let files = try FileManager.default.contentsOfDirectory(atPath: records.path).filter { !$0.hasSuffix(".part") }.sorted()
        return try files.compactMap { name in
            let data = try Data(contentsOf: records.appending(path: name))
            let fields = data.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
            guard fields.count >= 3, let count = Int(fields[2]), fields.count >= 3 + count else { return nil }
            var environment: [String: String] = [:]
            for field in fields[(3 + count)...] {
                guard let sign = field.firstIndex(of: "="), CapturedStarts.keeps(variable: String(field[..<sign])) else { continue }
                environment[String(field[..<sign])] = String(field[field.index(after: sign)...])
            }
            return CapturedStarts.Start(words: [fields[0]] + fields[3..<(3 + count)], directory: fields[1], environment: environment)
        }
    }
}
