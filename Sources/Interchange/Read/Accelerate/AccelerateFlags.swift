import Documents

/// Reads what `accelerate launch` is told on its command line (`accelerate/commands/launch.py`, 0.12 to 1.15): options, and the file that they
/// change.
struct AccelerateFlags {
    private var entries = ConfigurationEntries()
    private var notes: [String] = []
    private let files: NamedFiles
    private let location: SourceLocation

    /// The options before the program, with the files that they name.
    ///
    /// - Throws: `DocumentError` where a file is not there, or an option is in doubt.
    init(_ words: [ShellWord], _ files: NamedFiles, _ location: SourceLocation) throws(DocumentError) {
        self.files = files
        self.location = location
        var flags = ConfigurationEntries()
        try flags.set(flags: words.filter { $0.text != "launch" }) { $0 }
        if let name = flags.word("config_file") ?? flags.word("config") {
            guard let node = try files.document(name) else {
                throw DocumentError(
                    location,
                    .invalid("Accelerate's file \(name) is not there", remedy: "put it where it is named, or read it with accelerate:FILE"))
            }
            entries.set(node)
        } else {
            notes.append("Accelerate is given no file; one that the machine may have by default is not known.")
        }
        for entry in flags.entries {
            guard let key = Self.key(entry.key.text) else { continue }
            // As many as only the machine knows: the command's GPUs count.
            if ["num_processes", "num_machines"].contains(key), flags.word(key)?.hasPrefix("$") ?? false { continue }
            entries.set(key, entry.value, entry.key.location)
        }
        for (flag, type) in Self.types where flags.word(flag) == "true" {
            entries.set("distributed_type", [type], location)
        }
        if !entries.has("distributed_type") { entries.set("distributed_type", ["MULTI_GPU"], location) }
    }

    /// Everything that they say.
    func configuration(isProgramRead: Bool) throws(DocumentError) -> UserConfiguration {
        var result = try AccelerateReader(entries.node(location.file), files: files, isProgramRead: isProgramRead).configuration()
        result.notes += notes
        return result
    }

    /// Switches that say how ranks share the work.
    private static let types = [
        ("multi_gpu", "MULTI_GPU"), ("use_fsdp", "FSDP"), ("use_deepspeed", "DEEPSPEED"), ("use_megatron_lm", "MEGATRON_LM"),
        ("cpu", "MULTI_CPU"), ("tpu", "TPU"),
    ]

    /// The key of Accelerate's file that an option states; nil for one that says only how programs start.
    static func key(_ flag: String) -> String? {
        let sections = [
            ("fsdp_", "fsdp_config"), ("megatron_lm_", "megatron_lm_config"), ("parallelism_config_", "parallelism_config"),
            ("fp8_", "fp8_config"), ("dynamo_", "dynamo_config"), ("zero", "deepspeed_config"), ("offload_", "deepspeed_config"),
            ("deepspeed_", "deepspeed_config"), ("gradient_", "deepspeed_config"), ("mpirun_", "mpirun_config"), ("ipex", "ipex_config"),
            ("tp_", "tp_config"),
        ]
        if starters.contains(flag) || types.contains(where: { $0.0 == flag }) { return nil }
        return sections.first { flag.hasPrefix($0.0) }.map { "\($0.1).\(flag)" } ?? flag
    }

    /// Options that say where and how programs start, and what they may learn of their place.
    private static let starters: Set = [
        "config_file", "config", "q", "quiet", "m", "module", "no_python", "num_cpu_threads_per_process", "t", "tee", "log_dir", "role",
        "rdzv_conf", "max_restarts", "monitor_interval", "tpu_cluster", "no_tpu_cluster", "tpu_use_sudo", "vm", "env", "use_xpu",
        "use_parallelism_config", "aws_access_key_id", "aws_secret_access_key", "use_mps_device", "use_tp", "h", "help",
    ]
}
